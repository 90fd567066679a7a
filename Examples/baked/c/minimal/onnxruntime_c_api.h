// What `explain.c` calls of ONNX Runtime's C interface, for packages of the runtime that hold the
// library and no header, such as Python's. The interface is a table of functions whose order never
// changes; what stands between those called here is left unnamed.

#pragma once

#include <stddef.h>
#include <stdint.h>

typedef struct OrtStatus OrtStatus;
typedef struct OrtEnv OrtEnv;
typedef struct OrtSession OrtSession;
typedef struct OrtSessionOptions OrtSessionOptions;
typedef struct OrtRunOptions OrtRunOptions;
typedef struct OrtValue OrtValue;
typedef struct OrtTypeInfo OrtTypeInfo;
typedef struct OrtTensorTypeAndShapeInfo OrtTensorTypeAndShapeInfo;
typedef struct OrtMemoryInfo OrtMemoryInfo;
typedef struct OrtAllocator OrtAllocator;

typedef enum { ORT_LOGGING_LEVEL_WARNING = 2 } OrtLoggingLevel;
typedef enum { OrtDeviceAllocator = 0 } OrtAllocatorType;
typedef enum { OrtMemTypeDefault = 0 } OrtMemType;
typedef enum {
  ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT = 1,
  ONNX_TENSOR_ELEMENT_DATA_TYPE_UINT8 = 2,
} ONNXTensorElementDataType;

typedef void (*OrtUnnamed)(void);

typedef struct OrtApi {
  OrtUnnamed from0[2];
  const char *(*GetErrorMessage)(const OrtStatus *);
  OrtStatus *(*CreateEnv)(OrtLoggingLevel, const char *name, OrtEnv **);
  OrtUnnamed from4[3];
  OrtStatus *(*CreateSession)(
      const OrtEnv *, const char *path, const OrtSessionOptions *, OrtSession **);
  OrtUnnamed from8[1];
  OrtStatus *(*Run)(
      OrtSession *, const OrtRunOptions *, const char *const *inputNames,
      const OrtValue *const *inputs, size_t inputCount, const char *const *outputNames,
      size_t outputCount, OrtValue **outputs);
  OrtStatus *(*CreateSessionOptions)(OrtSessionOptions **);
  OrtUnnamed from11[22];
  OrtStatus *(*SessionGetInputTypeInfo)(const OrtSession *, size_t, OrtTypeInfo **);
  OrtUnnamed from34[2];
  OrtStatus *(*SessionGetInputName)(const OrtSession *, size_t, OrtAllocator *, char **);
  OrtStatus *(*SessionGetOutputName)(const OrtSession *, size_t, OrtAllocator *, char **);
  OrtUnnamed from38[11];
  OrtStatus *(*CreateTensorWithDataAsOrtValue)(
      const OrtMemoryInfo *, void *data, size_t byteCount, const int64_t *shape, size_t rank,
      ONNXTensorElementDataType, OrtValue **);
  OrtUnnamed from50[1];
  OrtStatus *(*GetTensorMutableData)(OrtValue *, void **);
  OrtUnnamed from52[3];
  OrtStatus *(*CastTypeInfoToTensorInfo)(const OrtTypeInfo *, const OrtTensorTypeAndShapeInfo **);
  OrtUnnamed from56[4];
  OrtStatus *(*GetTensorElementType)(
      const OrtTensorTypeAndShapeInfo *, ONNXTensorElementDataType *);
  OrtStatus *(*GetDimensionsCount)(const OrtTensorTypeAndShapeInfo *, size_t *);
  OrtStatus *(*GetDimensions)(const OrtTensorTypeAndShapeInfo *, int64_t *, size_t);
  OrtUnnamed from63[2];
  OrtStatus *(*GetTensorTypeAndShape)(const OrtValue *, OrtTensorTypeAndShapeInfo **);
  OrtUnnamed from66[3];
  OrtStatus *(*CreateCpuMemoryInfo)(OrtAllocatorType, OrtMemType, OrtMemoryInfo **);
  OrtUnnamed from70[8];
  OrtStatus *(*GetAllocatorWithDefaultOptions)(OrtAllocator **);
  OrtUnnamed from79[13];
  void (*ReleaseEnv)(OrtEnv *);
  OrtUnnamed from93[1];
  void (*ReleaseMemoryInfo)(OrtMemoryInfo *);
  void (*ReleaseSession)(OrtSession *);
  void (*ReleaseValue)(OrtValue *);
  OrtUnnamed from97[1];
  void (*ReleaseTypeInfo)(OrtTypeInfo *);
  void (*ReleaseTensorTypeAndShapeInfo)(OrtTensorTypeAndShapeInfo *);
  void (*ReleaseSessionOptions)(OrtSessionOptions *);
} OrtApi;

typedef struct {
  const OrtApi *(*GetApi)(uint32_t version);
  const char *(*GetVersionString)(void);
} OrtApiBase;

const OrtApiBase *OrtGetApiBase(void);
