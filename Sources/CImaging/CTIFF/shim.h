#include <tiffio.h>

// libtiff's fields are variadic, which Swift does not import; these have one type each.

static inline uint16_t TIFFShort(TIFF *tiff, uint32_t tag, uint16_t absent) {
  uint16_t value = absent;
  return TIFFGetField(tiff, tag, &value) == 1 ? value : absent;
}

static inline uint32_t TIFFLong(TIFF *tiff, uint32_t tag, uint32_t absent) {
  uint32_t value = absent;
  return TIFFGetField(tiff, tag, &value) == 1 ? value : absent;
}

static inline const void *TIFFProfile(TIFF *tiff, uint32_t *count) {
  void *data = 0;
  *count = 0;
  return TIFFGetField(tiff, TIFFTAG_ICCPROFILE, count, &data) == 1 ? data : 0;
}

static inline int TIFFPalette(TIFF *tiff, uint16_t **red, uint16_t **green, uint16_t **blue) {
  return TIFFGetField(tiff, TIFFTAG_COLORMAP, red, green, blue) == 1;
}

static inline void TIFFDecodeJPEGToRGB(TIFF *tiff) {
  TIFFSetField(tiff, TIFFTAG_JPEGCOLORMODE, JPEGCOLORMODE_RGB);
}
