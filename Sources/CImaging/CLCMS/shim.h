#include <lcms2.h>

// lcms2 spells pixel layouts as macros of macros, which Swift does not import.
static const cmsUInt32Number LCMSGray8 = TYPE_GRAY_8;
static const cmsUInt32Number LCMSRGB8 = TYPE_RGB_8;
static const cmsUInt32Number LCMSCMYK8 = TYPE_CMYK_8;
