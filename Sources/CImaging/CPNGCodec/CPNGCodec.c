// libpng reports errors by longjmp, which Swift cannot cross: the two calls that may jump live here.

#include "CPNGCodec.h"

#include <png.h>
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

/// Where an error jumps to, and what it said.
typedef struct {
  jmp_buf target;
  char *message;
} Failure;

static void onError(png_structp png, png_const_charp text) {
  Failure *failure = png_get_error_ptr(png);
  strncpy(failure->message, text, PNG_CODEC_MESSAGE_SIZE - 1);
  failure->message[PNG_CODEC_MESSAGE_SIZE - 1] = 0;
  longjmp(failure->target, 1);
}

static void onWarning(png_structp png, png_const_charp text) {
  (void)png;
  (void)text;
}

// MARK: - Reading

/// Bytes not yet read.
typedef struct {
  const uint8_t *next;
  size_t remaining;
} Source;

static void takeBytes(png_structp png, png_bytep into, size_t count) {
  Source *source = png_get_io_ptr(png);
  if (count > source->remaining) png_error(png, "the file ends too early");
  memcpy(into, source->next, count);
  source->next += count;
  source->remaining -= count;
}

int PNGCodecRead(const uint8_t *bytes, size_t count, uint8_t *pixels, size_t rowBytes,
                 uint8_t **profile, size_t *profileCount, char *message) {
  Failure failure = {.message = message};
  Source source = {bytes, count};
  png_structp png = png_create_read_struct(PNG_LIBPNG_VER_STRING, &failure, onError, onWarning);
  if (!png) return -1;
  png_infop volatile info = NULL;
  png_bytep *volatile rows = NULL;
  if (setjmp(failure.target)) {
    free(rows);
    free(*profile);
    *profile = NULL;
    png_infop made = info;
    png_destroy_read_struct(&png, &made, NULL);
    return -1;
  }
  info = png_create_info_struct(png);
  if (!info) png_error(png, "out of memory");
  png_set_user_limits(png, 0x7fffffff, 0x7fffffff);
  png_set_read_fn(png, &source, takeBytes);
  png_read_info(png, info);

  png_charp name;
  png_bytep data;
  png_uint_32 dataCount;
  int compression;
  if (png_get_iCCP(png, info, &name, &compression, &data, &dataCount) && dataCount > 0) {
    *profile = malloc(dataCount);
    if (!*profile) png_error(png, "out of memory");
    memcpy(*profile, data, dataCount);
    *profileCount = dataCount;
  }

  png_set_expand(png);
  png_set_strip_16(png);
  png_set_strip_alpha(png);
  png_set_interlace_handling(png);
  png_read_update_info(png, info);
  if (png_get_rowbytes(png, info) != rowBytes) png_error(png, "rows of unexpected size");

  size_t height = png_get_image_height(png, info);
  rows = calloc(height, sizeof(png_bytep));
  if (!rows) png_error(png, "out of memory");
  for (size_t row = 0; row < height; row++) rows[row] = pixels + row * rowBytes;
  png_read_image(png, rows);
  png_read_end(png, NULL);
  free(rows);
  png_infop made = info;
  png_destroy_read_struct(&png, &made, NULL);
  return 0;
}

// MARK: - Writing

/// Bytes written so far.
typedef struct {
  uint8_t *bytes;
  size_t count, capacity;
} Sink;

static void giveBytes(png_structp png, png_bytep from, size_t count) {
  Sink *sink = png_get_io_ptr(png);
  if (sink->capacity - sink->count < count) {
    size_t capacity = (sink->count + count) * 2;
    uint8_t *bytes = realloc(sink->bytes, capacity);
    if (!bytes) png_error(png, "out of memory");
    sink->bytes = bytes;
    sink->capacity = capacity;
  }
  memcpy(sink->bytes + sink->count, from, count);
  sink->count += count;
}

static void flushNothing(png_structp png) { (void)png; }

int PNGCodecWrite(const uint8_t *pixels, uint32_t width, uint32_t height, int level,
                  uint8_t **bytes, size_t *count, char *message) {
  Failure failure = {.message = message};
  Sink sink = {NULL, 0, 0};
  png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, &failure, onError, onWarning);
  if (!png) return -1;
  png_infop volatile info = NULL;
  if (setjmp(failure.target)) {
    png_infop made = info;
    png_destroy_write_struct(&png, &made);
    free(sink.bytes);
    return -1;
  }
  info = png_create_info_struct(png);
  if (!info) png_error(png, "out of memory");
  png_set_write_fn(png, &sink, giveBytes, flushNothing);
  png_set_user_limits(png, 0x7fffffff, 0x7fffffff);
  png_set_IHDR(png, info, width, height, 8, PNG_COLOR_TYPE_RGB, PNG_INTERLACE_NONE,
               PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
  png_set_sRGB(png, info, PNG_sRGB_INTENT_PERCEPTUAL);
  png_set_compression_level(png, level);
  png_set_filter(png, PNG_FILTER_TYPE_BASE, PNG_FILTER_SUB | PNG_FILTER_UP);
  png_write_info(png, info);
  for (uint32_t row = 0; row < height; row++) {
    png_write_row(png, pixels + (size_t)row * width * 3);
  }
  png_write_end(png, NULL);
  png_infop made = info;
  png_destroy_write_struct(&png, &made);
  *bytes = sink.bytes;
  *count = sink.count;
  return 0;
}

const char *PNGCodecLibraryVersion(void) { return png_get_libpng_ver(NULL); }
