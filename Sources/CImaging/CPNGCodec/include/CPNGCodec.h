#ifndef CPNGCodec_h
#define CPNGCodec_h

#include <stddef.h>
#include <stdint.h>

/// Room for a message of libpng, its end included.
#define PNG_CODEC_MESSAGE_SIZE 160

/// Decodes a PNG file to 8-bit gray or RGB.
///
/// Palettes are looked up, fewer than 8 bits are widened, of 16 bits the high byte is kept, and
/// alpha is dropped; gamma is left as stored.
/// `pixels` has room for width × height × 1 (gray, gray and alpha) or × 3 (all others) bytes.
/// `profile` receives an ICC profile to be freed, or null.
/// Returns 0, or -1 with libpng's words in `message`.
int PNGCodecRead(const uint8_t *_Nonnull bytes, size_t count, uint8_t *_Nonnull pixels,
                 size_t rowBytes, uint8_t *_Nullable *_Nonnull profile,
                 size_t *_Nonnull profileCount, char *_Nonnull message);

/// Encodes 8-bit RGB pixels as a PNG file in memory, to be freed.
///
/// Returns 0, or -1 with libpng's words in `message`.
int PNGCodecWrite(const uint8_t *_Nonnull pixels, uint32_t width, uint32_t height, int level,
                  uint8_t *_Nullable *_Nonnull bytes, size_t *_Nonnull count,
                  char *_Nonnull message);

/// The version of libpng that is loaded, such as `1.6.39`.
const char *_Nonnull PNGCodecLibraryVersion(void);

#endif
