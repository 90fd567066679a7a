// Runs a baked model on a photo with ONNX Runtime's C interface alone.
//
//     gradcam bake resnet50.onnx -o why.onnx --size input --uint8
//     make ORT=/opt/onnxruntime
//     convert dog.jpg dog.ppm
//     ./explain why.onnx dog.ppm why.pgm
//
// The photo is a PPM file, which needs no library to read. It is squeezed to the model's size and
// scaled as ImageNet models want it; change `mean` and `deviation` for others. The heatmap is
// written as a PGM file of its own size.

#include <math.h>
#include <onnxruntime_c_api.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const float mean[3] = {0.485f, 0.456f, 0.406f};
static const float deviation[3] = {0.229f, 0.224f, 0.225f};

static const OrtApi *ort;

/// Ends with a message.
static void fail(const char *what, const char *why) {
  fprintf(stderr, "%s: %s\n", what, why);
  exit(1);
}

/// Ends with the runtime's message where a call failed.
static void check(OrtStatus *status) {
  if (status) fail("ONNX Runtime", ort->GetErrorMessage(status));
}

/// Memory, or the end.
static void *room(size_t count, size_t size) {
  void *memory = calloc(count, size);
  if (!memory) fail("memory", "too little");
  return memory;
}

/// Numbers of `rows` lines of `length` steps, each step of `channels` numbers, squeezed along the
/// line with a triangle over as many old steps as one new step covers; rounded, as pictures are.
static float *squeezed(const float *from, int rows, int length, int channels, int wanted) {
  float *to = room((size_t)rows * wanted * channels, sizeof *to);
  double step = (double)length / wanted, reach = step > 1 ? step : 1;
  for (int place = 0; place < wanted; place++) {
    double middle = (place + 0.5) * step;
    int first = (int)(middle - reach + 0.5), last = (int)(middle + reach + 0.5);
    if (first < 0) first = 0;
    if (last > length) last = length;
    double total = 0;
    for (int old = first; old < last; old++)
      total += fmax(0, 1 - fabs(old + 0.5 - middle) / reach);
    for (int row = 0; row < rows; row++)
      for (int channel = 0; channel < channels; channel++) {
        double sum = 0;
        for (int old = first; old < last; old++)
          sum += fmax(0, 1 - fabs(old + 0.5 - middle) / reach) / total *
                 from[((size_t)row * length + old) * channels + channel];
        to[((size_t)row * wanted + place) * channels + channel] = (float)floor(sum + 0.5);
      }
  }
  return to;
}

/// Rows become columns.
static float *turned(const float *from, int rows, int columns, int channels) {
  float *to = room((size_t)rows * columns * channels, sizeof *to);
  for (int row = 0; row < rows; row++)
    for (int column = 0; column < columns; column++)
      memcpy(to + ((size_t)column * rows + row) * channels,
             from + ((size_t)row * columns + column) * channels, channels * sizeof *to);
  return to;
}

/// The photo as [3, height, width].
static float *prepared(const char *path, int height, int width) {
  FILE *file = fopen(path, "rb");
  int columns, rows, most;
  if (!file) fail(path, "cannot be opened");
  if (fscanf(file, "P6 %d %d %d", &columns, &rows, &most) != 3 || fgetc(file) == EOF ||
      most != 255 || columns < 1 || rows < 1 || columns > 32768 || rows > 32768)
    fail(path, "is no binary PPM file of 8 bits");
  size_t count = (size_t)rows * columns * 3;
  unsigned char *bytes = room(count, 1);
  if (fread(bytes, 1, count, file) != count) fail(path, "is cut short");
  fclose(file);
  float *numbers = room(count, sizeof *numbers);
  for (size_t index = 0; index < count; index++) numbers[index] = bytes[index];
  float *narrow = squeezed(numbers, rows, columns, 3, width);
  float *aside = turned(narrow, rows, width, 3);
  float *small = squeezed(aside, width, rows, 3, height);  // [width, height, 3]
  float *image = room((size_t)3 * height * width, sizeof *image);
  for (int channel = 0; channel < 3; channel++)
    for (int y = 0; y < height; y++)
      for (int x = 0; x < width; x++)
        image[((size_t)channel * height + y) * width + x] =
            (small[((size_t)x * height + y) * 3 + channel] / 255 - mean[channel]) /
            deviation[channel];
  free(bytes), free(numbers), free(narrow), free(aside), free(small);
  return image;
}

/// How many numbers a tensor has, its shape, and what it holds.
static size_t described(OrtValue *value, int64_t shape[4], ONNXTensorElementDataType *type) {
  OrtTensorTypeAndShapeInfo *info;
  size_t rank, count = 1;
  check(ort->GetTensorTypeAndShape(value, &info));
  check(ort->GetTensorElementType(info, type));
  check(ort->GetDimensionsCount(info, &rank));
  if (rank > 4) fail("the model", "an output has more than four axes");
  check(ort->GetDimensions(info, shape, rank));
  for (size_t axis = 0; axis < rank; axis++) count *= (size_t)shape[axis];
  ort->ReleaseTensorTypeAndShapeInfo(info);
  return count;
}

int main(int argc, char **argv) {
  if (argc != 4) fail("usage", "explain MODEL PHOTO.ppm HEATMAP.pgm");
  ort = OrtGetApiBase()->GetApi(16);
  if (!ort) fail("ONNX Runtime", "older than 1.16");

  OrtEnv *environment;
  OrtSessionOptions *options;
  OrtSession *session;
  OrtAllocator *allocator;
  check(ort->CreateEnv(ORT_LOGGING_LEVEL_WARNING, "explain", &environment));
  check(ort->CreateSessionOptions(&options));
  check(ort->CreateSession(environment, argv[1], options, &session));
  check(ort->GetAllocatorWithDefaultOptions(&allocator));

  // The input's name and sides; an open batch is one image.
  char *input, *logitsName;
  int64_t shape[4];
  size_t rank;
  OrtTypeInfo *type;
  const OrtTensorTypeAndShapeInfo *declared;
  check(ort->SessionGetInputName(session, 0, allocator, &input));
  check(ort->SessionGetOutputName(session, 0, allocator, &logitsName));
  check(ort->SessionGetInputTypeInfo(session, 0, &type));
  check(ort->CastTypeInfoToTensorInfo(type, &declared));
  check(ort->GetDimensionsCount(declared, &rank));
  if (rank != 4) fail(argv[1], "its first input is no image");
  check(ort->GetDimensions(declared, shape, rank));
  if (shape[1] != 3 || shape[2] < 1 || shape[3] < 1 || shape[2] > 8192 || shape[3] > 8192)
    fail(argv[1], "its first input is not [N, 3, H, W] with sides that are known");
  shape[0] = 1;
  ort->ReleaseTypeInfo(type);

  float *image = prepared(argv[2], (int)shape[2], (int)shape[3]);
  OrtMemoryInfo *memory;
  OrtValue *fed, *given[2] = {NULL, NULL};
  check(ort->CreateCpuMemoryInfo(OrtDeviceAllocator, OrtMemTypeDefault, &memory));
  check(ort->CreateTensorWithDataAsOrtValue(
      memory, image, 3 * (size_t)shape[2] * (size_t)shape[3] * sizeof *image, shape, 4,
      ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT, &fed));
  const char *inputs[] = {input}, *outputs[] = {logitsName, "heatmap"};
  const OrtValue *values[] = {fed};
  check(ort->Run(session, NULL, inputs, values, 1, outputs, 2, given));

  ONNXTensorElementDataType holds;
  void *logits, *map;
  int64_t classes[4] = {0}, sides[4] = {0};
  size_t count = described(given[0], classes, &holds);
  if (holds != ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT) fail(argv[1], "its output is not float32");
  check(ort->GetTensorMutableData(given[0], &logits));
  size_t best = 0;
  for (size_t index = 1; index < count; index++)
    if (((float *)logits)[index] > ((float *)logits)[best]) best = index;
  printf("class %zu\n", best);

  count = described(given[1], sides, &holds);
  bool isBytes = holds == ONNX_TENSOR_ELEMENT_DATA_TYPE_UINT8;
  check(ort->GetTensorMutableData(given[1], &map));
  FILE *file = fopen(argv[3], "wb");
  if (!file) fail(argv[3], "cannot be written");
  fprintf(file, "P5 %d %d 255\n", (int)sides[2], (int)(count / (size_t)sides[2]));
  for (size_t index = 0; index < count; index++)
    fputc(isBytes ? ((uint8_t *)map)[index] : (int)(255 * ((float *)map)[index]), file);
  if (fclose(file)) fail(argv[3], "cannot be written");

  ort->ReleaseValue(given[0]), ort->ReleaseValue(given[1]), ort->ReleaseValue(fed);
  ort->ReleaseMemoryInfo(memory), ort->ReleaseSession(session);
  ort->ReleaseSessionOptions(options), ort->ReleaseEnv(environment);
  free(image);
  return 0;
}
