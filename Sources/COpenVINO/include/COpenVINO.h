// The few functions of OpenVINO's C interface that this package calls.
//
// Unlike ONNX Runtime's, the library exports each function by its name.  Each line of OV_FUNCTIONS
// is a name with the types of what stands behind it.  Nothing is linked: the library is opened at
// run time, and nothing needs it.

#pragma once

#include <stddef.h>
#include <stdint.h>

// Handles.  Complete types, so that Swift imports a distinct pointer type for each.
typedef struct OVCore { char opaque; } OVCore;
typedef struct OVModel { char opaque; } OVModel;
typedef struct OVCompiledModel { char opaque; } OVCompiledModel;
typedef struct OVPort { char opaque; } OVPort;
typedef struct OVRequest { char opaque; } OVRequest;
typedef struct OVTensor { char opaque; } OVTensor;

/// A shape; the library frees the sides of those that it fills in.
typedef struct OVShape {
  int64_t rank;
  int64_t *_Nullable sides;
} OVShape;

/// The library's version in words.
typedef struct OVVersion {
  const char *_Nullable number;
  const char *_Nullable description;
} OVVersion;

/// What most functions answer: 0 when all went well.
typedef int32_t OVResult;

#define OV_OUT(T) T *_Nullable *_Nonnull
#define OV_REF(T) T *_Nonnull
#define OV_TEXT const char *_Nonnull

// F(exported name, result, name, parameters)
#define OV_FUNCTIONS(F)                                                                           \
  F(ov_get_openvino_version, OVResult, GetVersion, (OV_REF(OVVersion)))                           \
  F(ov_version_free, void, FreeVersion, (OV_REF(OVVersion)))                                      \
  F(ov_get_last_err_msg, const char *_Nullable, GetLastMessage, (void))                           \
  F(ov_get_error_info, const char *_Nullable, GetResultText, (OVResult))                          \
  F(ov_free, void, FreeText, (const char *_Nullable))                                             \
  F(ov_core_create, OVResult, CreateCore, (OV_OUT(OVCore)))                                       \
  F(ov_core_get_property, OVResult, GetProperty,                                                  \
    (OV_REF(const OVCore), OV_TEXT device, OV_TEXT key, OV_OUT(char)))                            \
  F(ov_core_read_model_from_memory_buffer, OVResult, ReadModel,                                   \
    (OV_REF(const OVCore), OV_REF(const char) model, size_t count,                                \
     const OVTensor *_Nullable weights, OV_OUT(OVModel)))                                         \
  F(ov_core_compile_model, OVResult, CompileModel,                                                \
    (OV_REF(const OVCore), OV_REF(const OVModel), OV_TEXT device, size_t textCount,               \
     OV_OUT(OVCompiledModel), ...))                                                               \
  F(ov_model_free, void, FreeModel, (OVModel *_Nullable))                                         \
  F(ov_compiled_model_create_infer_request, OVResult, CreateRequest,                              \
    (OV_REF(const OVCompiledModel), OV_OUT(OVRequest)))                                           \
  F(ov_compiled_model_input_by_name, OVResult, FindInput,                                         \
    (OV_REF(const OVCompiledModel), OV_TEXT name, OV_OUT(OVPort)))                                \
  F(ov_output_const_port_free, void, FreePort, (OVPort *_Nullable))                               \
  F(ov_compiled_model_free, void, FreeCompiledModel, (OVCompiledModel *_Nullable))                \
  F(ov_infer_request_set_tensor, OVResult, SetTensor,                                             \
    (OV_REF(OVRequest), OV_TEXT name, OV_REF(const OVTensor)))                                    \
  F(ov_infer_request_get_tensor, OVResult, GetTensor,                                             \
    (OV_REF(const OVRequest), OV_TEXT name, OV_OUT(OVTensor)))                                    \
  F(ov_infer_request_infer, OVResult, Run, (OV_REF(OVRequest)))                                   \
  F(ov_infer_request_free, void, FreeRequest, (OVRequest *_Nullable))                             \
  F(ov_tensor_create_from_host_ptr, OVResult, CreateTensor,                                       \
    (int32_t elementType, OVShape, void *_Nonnull data, OV_OUT(OVTensor)))                        \
  F(ov_tensor_get_element_type, OVResult, GetElementType,                                         \
    (OV_REF(const OVTensor), OV_REF(int32_t)))                                                    \
  F(ov_tensor_get_shape, OVResult, GetShape, (OV_REF(const OVTensor), OV_REF(OVShape)))           \
  F(ov_tensor_get_byte_size, OVResult, GetByteCount, (OV_REF(const OVTensor), OV_REF(size_t)))    \
  F(ov_tensor_data, OVResult, GetData, (OV_REF(const OVTensor), OV_OUT(void)))                    \
  F(ov_tensor_free, void, FreeTensor, (OVTensor *_Nullable))                                      \
  F(ov_shape_free, OVResult, FreeShape, (OV_REF(OVShape)))

#define OV_MEMBER(exported, result, name, parameters) result(*_Nonnull name) parameters;

/// The functions, ready to call; safe to share between threads.
typedef struct __attribute__((swift_attr("@Sendable"))) OVFunctions {
  OV_FUNCTIONS(OV_MEMBER)
} OVFunctions;

#undef OV_MEMBER

/// The oldest version that is opened, 2025.4: the first that reads weights where they lie in
/// memory.
static const int32_t OVOldestYear = 2025;
static const int32_t OVOldestRelease = 4;

/// What came of opening a library.
typedef enum __attribute__((enum_extensibility(closed))) OVOpening : int32_t {
  OVOpeningDone,       // the functions are filled in
  OVOpeningNotLoaded,  // the system could not load the file; `reason` says why
  OVOpeningForeign,    // it loads, but is not OpenVINO's C library
  OVOpeningTooOld,     // its version is below 2025.4
} OVOpening;

/// Opens the library at `path` (or by that name, through the loader) and fills in `functions`.
///
/// `version` and `reason` receive what is known, as text cut to their sizes.  A library once
/// opened is never closed: its threads may outlive what they were started for.
OVOpening OVOpen(
    const char *_Nonnull path, OVFunctions *_Nonnull functions, char *_Nonnull version,
    size_t versionSize, char *_Nonnull reason, size_t reasonSize);

/// Compiles a model for the processor, in the precision `f32` or `bf16`, with so many threads or,
/// as `0`, one for each core.
OVResult OVCompile(
    const OVFunctions *_Nonnull functions, const OVCore *_Nonnull core,
    const OVModel *_Nonnull model, const char *_Nonnull precision, const char *_Nonnull threads,
    OVCompiledModel *_Nullable *_Nonnull compiled);
