#include "COnnxRuntime.h"

#include <dlfcn.h>
#include <stdio.h>

// The table's version to ask for: old enough that every supported library has it, new enough
// to hold every place that ORT_FUNCTIONS names.
static const uint32_t tableVersion = 18;

// What the library's one exported function returns.
typedef struct {
  const void *(*table)(uint32_t version);
  const char *(*version)(void);
} Base;

ORTOpening ORTOpen(
    const char *path, ORTFunctions *functions, void **handle, char *version, size_t versionSize,
    char *reason, size_t reasonSize) {
  snprintf(version, versionSize, "%s", "");
  snprintf(reason, reasonSize, "%s", "");
  void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
  if (!library) {
    const char *text = dlerror();
    snprintf(reason, reasonSize, "%s", text ? text : "");
    return ORTOpeningNotLoaded;
  }
  const Base *(*base)(void) = (const Base *(*)(void))dlsym(library, "OrtGetApiBase");
  const Base *found = base ? base() : NULL;
  if (!found) {
    dlclose(library);
    return ORTOpeningForeign;
  }
  snprintf(version, versionSize, "%s", found->version());
  // Asked first, because an old library prints a complaint when asked for too new a table.
  int major = 0, minor = 0;
  sscanf(version, "%d.%d", &major, &minor);
  int recent = major > 1 || (major == 1 && minor >= ORTOldestMinorVersion);
  const void *const *table = recent ? found->table(tableVersion) : NULL;
  if (!table) {
    dlclose(library);
    return ORTOpeningTooOld;
  }
#define ORT_FILL(place, result, name, parameters) \
  functions->name = (result(*) parameters)table[place];
  ORT_FUNCTIONS(ORT_FILL)
#undef ORT_FILL
  *handle = library;
  return ORTOpeningDone;
}

void ORTClose(void *handle) { dlclose(handle); }
