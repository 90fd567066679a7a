#include "COpenVINO.h"

#include <dlfcn.h>
#include <stdio.h>

OVOpening OVOpen(
    const char *path, OVFunctions *functions, char *version, size_t versionSize, char *reason,
    size_t reasonSize) {
  snprintf(version, versionSize, "%s", "");
  snprintf(reason, reasonSize, "%s", "");
  void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
  if (!library) {
    const char *text = dlerror();
    snprintf(reason, reasonSize, "%s", text ? text : "");
    return OVOpeningNotLoaded;
  }
#define OV_FILL(exported, result, name, parameters)                          \
  functions->name = (result(*) parameters)dlsym(library, #exported);         \
  if (!functions->name) {                                                    \
    dlclose(library);                                                        \
    return OVOpeningForeign;                                                 \
  }
  OV_FUNCTIONS(OV_FILL)
#undef OV_FILL
  OVVersion found = {NULL, NULL};
  if (functions->GetVersion(&found) != 0 || !found.number) return OVOpeningForeign;
  // The build's number and branch follow the version after hyphens.
  snprintf(version, versionSize, "%s", found.number);
  functions->FreeVersion(&found);
  for (char *end = version; *end; end++) {
    if (*end == '-') *end = 0;
    if (!*end) break;
  }
  int year = 0, release = 0;
  sscanf(version, "%d.%d", &year, &release);
  int recent = year > OVOldestYear || (year == OVOldestYear && release >= OVOldestRelease);
  return recent ? OVOpeningDone : OVOpeningTooOld;
}

OVResult OVCompile(
    const OVFunctions *functions, const OVCore *core, const OVModel *model, const char *precision,
    const char *threads, OVCompiledModel **compiled) {
  return functions->CompileModel(
      core, model, "CPU", 6, compiled, "INFERENCE_PRECISION_HINT", precision, "PERFORMANCE_HINT",
      "LATENCY", "INFERENCE_NUM_THREADS", threads);
}
