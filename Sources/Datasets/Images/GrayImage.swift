import CImages

/// A gray image of 8 bits a pixel, row after row from the top; 0 is black, 255 white.
package struct GrayImage: Sendable, Equatable {
    package var width: Int
    package var height: Int
    package var pixels: [UInt8]

    package init(width: Int, height: Int, pixels: [UInt8]) {
        self.width = width
        self.height = height
        self.pixels = pixels
    }

    /// Decodes a PNG of any kind into gray, transparency over white.
    ///
    /// Values are those of sRGB: as stored, unless a gAMA chunk says that they mean another light.
    ///
    /// - Parameters:
    ///   - png: The file's bytes.
    ///   - entry: Where it came from, for messages.
    ///   - archive: The archive that holds it, for messages.
    ///   - limit: The largest width and height that is decoded.
    /// - Throws: `notPNG`, `tooLarge` or `damagedPNG`, each with archive and entry.
    package init(
        png: [UInt8], entry: String, archive: String, limit: Int = 4096
    ) throws(DatasetError) {
        guard png.starts(with: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) else {
            throw .notPNG(archive: archive, entry: entry, found: describeContent(png))
        }
        var image = png_image()
        image.version = png_uint_32(PNG_IMAGE_VERSION)
        defer { png_image_free(&image) }
        // The image keeps a pointer to the bytes between the two calls: both stand in one closure.
        var pixels: [UInt8] = []
        var tooLarge = false
        let decoded = png.withUnsafeBytes { bytes -> Bool in
            guard png_image_begin_read_from_memory(&image, bytes.baseAddress, bytes.count) != 0
            else { return false }
            guard image.width <= UInt32(limit), image.height <= UInt32(limit) else {
                tooLarge = true
                return false
            }
            image.format = png_uint_32(PNG_FORMAT_GRAY)
            // Without a chunk that says more, samples mean the same whatever their number of bits;
            // libpng would take 16 bits for linear light.
            image.flags |= png_uint_32(PNG_IMAGE_FLAG_16BIT_sRGB)
            pixels = [UInt8](repeating: 0, count: Int(image.width) * Int(image.height))
            var white = png_color(red: 255, green: 255, blue: 255)
            return png_image_finish_read(&image, &white, &pixels, 0, nil) != 0
        }
        if tooLarge {
            throw .tooLarge(
                archive: archive, what: entry, found: Int(max(image.width, image.height)),
                limit: limit, unit: "pixels a side")
        }
        guard decoded else {
            throw .damagedPNG(archive: archive, entry: entry, reason: GrayImage.message(of: image))
        }
        self.init(width: Int(image.width), height: Int(image.height), pixels: pixels)
    }

    /// The image as a PNG file's bytes, or nil where libpng cannot write it (an empty image).
    package func png() -> [UInt8]? {
        guard width > 0, height > 0, pixels.count == width * height else { return nil }
        var image = png_image()
        image.version = png_uint_32(PNG_IMAGE_VERSION)
        image.width = png_uint_32(width)
        image.height = png_uint_32(height)
        image.format = png_uint_32(PNG_FORMAT_GRAY)
        defer { png_image_free(&image) }
        var size: png_alloc_size_t = 0
        guard png_image_write_to_memory(&image, nil, &size, 0, pixels, 0, nil) != 0 else {
            return nil
        }
        var bytes = [UInt8](repeating: 0, count: Int(size))
        guard png_image_write_to_memory(&image, &bytes, &size, 0, pixels, 0, nil) != 0 else {
            return nil
        }
        return Array(bytes.prefix(Int(size)))
    }

    private static func message(of image: png_image) -> String {
        withUnsafeBytes(of: image.message) { field in
            String(decoding: field.prefix { $0 != 0 }, as: UTF8.self)
        }
    }
}
