// The few functions of ONNX Runtime's C interface that this package calls.
//
// The library exports one symbol, 'OrtGetApiBase', which leads to a table of function pointers
// whose order never changes and only grows.  Each line of ORT_FUNCTIONS is a place in that table
// with the name and the types of what stands there.  Nothing is linked: the library is opened at
// run time, so one build runs with every version from 1.21 on.

#pragma once

#include <stddef.h>
#include <stdint.h>

// Handles.  Complete types, so that Swift imports a distinct pointer type for each.
typedef struct ORTStatus { char opaque; } ORTStatus;
typedef struct ORTEnvironment { char opaque; } ORTEnvironment;
typedef struct ORTSession { char opaque; } ORTSession;
typedef struct ORTSessionOptions { char opaque; } ORTSessionOptions;
typedef struct ORTRunOptions { char opaque; } ORTRunOptions;
typedef struct ORTValue { char opaque; } ORTValue;
typedef struct ORTTypeInfo { char opaque; } ORTTypeInfo;
typedef struct ORTTensorInfo { char opaque; } ORTTensorInfo;
typedef struct ORTMemoryInfo { char opaque; } ORTMemoryInfo;
typedef struct ORTAllocator { char opaque; } ORTAllocator;
typedef struct ORTCUDAOptions { char opaque; } ORTCUDAOptions;

/// What most functions answer: null when all went well, else a status to read and release.
typedef ORTStatus *_Nullable ORTResult;

#define ORT_OUT(T) T *_Nullable *_Nonnull
#define ORT_REF(T) T *_Nonnull
#define ORT_TEXT const char *_Nonnull
#define ORT_TEXTS const char *_Nonnull const *_Nonnull

// F(place, result, name, parameters)
#define ORT_FUNCTIONS(F)                                                                          \
  F(2, ORT_TEXT, GetErrorMessage, (ORT_REF(const ORTStatus)))                                     \
  F(3, ORTResult, CreateEnv, (int32_t severity, ORT_TEXT name, ORT_OUT(ORTEnvironment)))          \
  F(6, ORTResult, DisableTelemetryEvents, (ORT_REF(const ORTEnvironment)))                        \
  F(8, ORTResult, CreateSessionFromArray,                                                         \
    (ORT_REF(const ORTEnvironment), const void *_Nonnull model, size_t count,                     \
     ORT_REF(const ORTSessionOptions), ORT_OUT(ORTSession)))                                      \
  F(9, ORTResult, Run,                                                                            \
    (ORT_REF(ORTSession), const ORTRunOptions *_Nullable, ORT_TEXTS inputNames,                   \
     const ORTValue *_Nonnull const *_Nonnull inputs, size_t inputCount, ORT_TEXTS outputNames,   \
     size_t outputCount, ORT_OUT(ORTValue) outputs))                                              \
  F(10, ORTResult, CreateSessionOptions, (ORT_OUT(ORTSessionOptions)))                            \
  F(11, ORTResult, SetOptimizedModelFilePath, (ORT_REF(ORTSessionOptions), ORT_TEXT path))        \
  F(22, ORTResult, SetSessionLogSeverityLevel, (ORT_REF(ORTSessionOptions), int32_t))             \
  F(23, ORTResult, SetSessionGraphOptimizationLevel, (ORT_REF(ORTSessionOptions), int32_t))       \
  F(24, ORTResult, SetIntraOpNumThreads, (ORT_REF(ORTSessionOptions), int32_t))                   \
  F(30, ORTResult, SessionGetInputCount, (ORT_REF(const ORTSession), ORT_REF(size_t)))            \
  F(31, ORTResult, SessionGetOutputCount, (ORT_REF(const ORTSession), ORT_REF(size_t)))           \
  F(33, ORTResult, SessionGetInputTypeInfo,                                                       \
    (ORT_REF(const ORTSession), size_t, ORT_OUT(ORTTypeInfo)))                                    \
  F(34, ORTResult, SessionGetOutputTypeInfo,                                                      \
    (ORT_REF(const ORTSession), size_t, ORT_OUT(ORTTypeInfo)))                                    \
  F(36, ORTResult, SessionGetInputName,                                                           \
    (ORT_REF(const ORTSession), size_t, ORT_REF(ORTAllocator), ORT_OUT(char)))                    \
  F(37, ORTResult, SessionGetOutputName,                                                          \
    (ORT_REF(const ORTSession), size_t, ORT_REF(ORTAllocator), ORT_OUT(char)))                    \
  F(49, ORTResult, CreateTensorWithDataAsOrtValue,                                                \
    (ORT_REF(const ORTMemoryInfo), void *_Nullable data, size_t byteCount,                        \
     const int64_t *_Nullable shape, size_t rank, int32_t elementType, ORT_OUT(ORTValue)))        \
  F(51, ORTResult, GetTensorMutableData, (ORT_REF(ORTValue), ORT_OUT(void)))                      \
  F(55, ORTResult, CastTypeInfoToTensorInfo,                                                      \
    (ORT_REF(const ORTTypeInfo), ORT_OUT(const ORTTensorInfo)))                                   \
  F(60, ORTResult, GetTensorElementType, (ORT_REF(const ORTTensorInfo), ORT_REF(int32_t)))        \
  F(61, ORTResult, GetDimensionsCount, (ORT_REF(const ORTTensorInfo), ORT_REF(size_t)))           \
  F(62, ORTResult, GetDimensions, (ORT_REF(const ORTTensorInfo), int64_t *_Nullable, size_t))     \
  F(63, ORTResult, GetSymbolicDimensions,                                                         \
    (ORT_REF(const ORTTensorInfo), const char *_Nullable *_Nullable, size_t))                     \
  F(65, ORTResult, GetTensorTypeAndShape, (ORT_REF(const ORTValue), ORT_OUT(ORTTensorInfo)))      \
  F(69, ORTResult, CreateCpuMemoryInfo,                                                           \
    (int32_t allocator, int32_t memory, ORT_OUT(ORTMemoryInfo)))                                  \
  F(76, ORTResult, AllocatorFree, (ORT_REF(ORTAllocator), void *_Nullable))                       \
  F(78, ORTResult, GetAllocatorWithDefaultOptions, (ORT_OUT(ORTAllocator)))                       \
  F(92, void, ReleaseEnv, (ORTEnvironment *_Nullable))                                            \
  F(93, void, ReleaseStatus, (ORTStatus *_Nullable))                                              \
  F(94, void, ReleaseMemoryInfo, (ORTMemoryInfo *_Nullable))                                      \
  F(95, void, ReleaseSession, (ORTSession *_Nullable))                                            \
  F(96, void, ReleaseValue, (ORTValue *_Nullable))                                                \
  F(98, void, ReleaseTypeInfo, (ORTTypeInfo *_Nullable))                                          \
  F(99, void, ReleaseTensorTypeAndShapeInfo, (ORTTensorInfo *_Nullable))                          \
  F(100, void, ReleaseSessionOptions, (ORTSessionOptions *_Nullable))                             \
  F(125, ORTResult, GetAvailableProviders,                                                        \
    (char *_Nonnull *_Nullable *_Nonnull names, ORT_REF(int32_t) count))                          \
  F(126, ORTResult, ReleaseAvailableProviders,                                                    \
    (char *_Nonnull *_Nonnull names, int32_t count))                                              \
  F(130, ORTResult, AddSessionConfigEntry,                                                        \
    (ORT_REF(ORTSessionOptions), ORT_TEXT key, ORT_TEXT value))                                   \
  F(204, ORTResult, SessionOptionsAppendExecutionProviderCUDA,                                    \
    (ORT_REF(ORTSessionOptions), ORT_REF(const ORTCUDAOptions)))                                  \
  F(205, ORTResult, CreateCUDAProviderOptions, (ORT_OUT(ORTCUDAOptions)))                         \
  F(206, ORTResult, UpdateCUDAProviderOptions,                                                    \
    (ORT_REF(ORTCUDAOptions), ORT_TEXTS keys, ORT_TEXTS values, size_t count))                    \
  F(208, void, ReleaseCUDAProviderOptions, (ORTCUDAOptions *_Nullable))

#define ORT_MEMBER(place, result, name, parameters) result(*_Nonnull name) parameters;

/// The functions, ready to call; safe to share between threads.
typedef struct __attribute__((swift_attr("@Sendable"))) ORTFunctions {
  ORT_FUNCTIONS(ORT_MEMBER)
} ORTFunctions;

#undef ORT_MEMBER

/// The oldest version that is opened, as the 21 of 1.21: the first in which a session can be made
/// from bytes and still find its weights in a folder.
static const int32_t ORTOldestMinorVersion = 21;

/// What came of opening a library.
typedef enum __attribute__((enum_extensibility(closed))) ORTOpening : int32_t {
  ORTOpeningDone,       // the functions are filled in
  ORTOpeningNotLoaded,  // the system could not load the file; `reason` says why
  ORTOpeningForeign,    // it loads, but is no ONNX Runtime
  ORTOpeningTooOld,     // its version is below 1.21
} ORTOpening;

/// Opens the library at `path` (or by that name, through the loader) and fills in `functions`.
///
/// `version` and `reason` receive what is known, as text cut to their sizes.  The library stays
/// open, with `handle` to close it, only when the answer is ORTOpeningDone.
ORTOpening ORTOpen(
    const char *_Nonnull path, ORTFunctions *_Nonnull functions, void *_Nullable *_Nonnull handle,
    char *_Nonnull version, size_t versionSize, char *_Nonnull reason, size_t reasonSize);

/// Closes what ORTOpen opened.
void ORTClose(void *_Nonnull handle);
