// Image and archive formats: libpng's simplified API, libjpeg-turbo and libzip.
#include <stdio.h>
#include <png.h>
#include <jpeglib.h>
#include <zip.h>
