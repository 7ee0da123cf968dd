import Datasets
import Randomness
import Testing

struct GrayImageTests {
    private func decode(_ bytes: [UInt8]) throws -> GrayImage {
        try GrayImage(png: bytes, entry: "x.png", archive: "a.zip")
    }

    @Test func `a one-bit image decodes to black and white from the top left`() throws {
        let image = try decode(
            oneBitPNG(width: 9, height: 2) { x, y in x == 0 || (x == 8 && y == 1) })
        #expect(image.width == 9 && image.height == 2)
        #expect(image.pixels[0] == 0 && image.pixels[1] == 255 && image.pixels[8] == 255)
        #expect(image.pixels[9] == 0 && image.pixels[17] == 0)
    }

    /// Every kind of PNG whose pixels are this gray, opaque.
    private static func kinds(_ gray: UInt8, _ chunks: [(String, [UInt8])]) -> [[UInt8]] {
        [
            plainPNG(depth: 8, colour: 0, pixel: [gray], chunks: chunks),
            plainPNG(depth: 16, colour: 0, pixel: [gray, gray], chunks: chunks),
            plainPNG(depth: 8, colour: 4, pixel: [gray, 255], chunks: chunks),
            plainPNG(depth: 16, colour: 4, pixel: [gray, gray, 255, 255], chunks: chunks),
            plainPNG(depth: 8, colour: 2, pixel: [gray, gray, gray], chunks: chunks),
            plainPNG(
                depth: 16, colour: 2, pixel: [gray, gray, gray, gray, gray, gray], chunks: chunks),
            plainPNG(depth: 8, colour: 6, pixel: [gray, gray, gray, 255], chunks: chunks),
            plainPNG(
                depth: 16, colour: 6,
                pixel: [gray, gray, gray, gray, gray, gray, 255, 255], chunks: chunks),
            plainPNG(
                depth: 8, colour: 3, pixel: [1],
                chunks: chunks + [("PLTE", [0, 0, 0, gray, gray, gray])]),
        ]
    }

    private static func gamma(_ value: UInt32) -> (String, [UInt8]) {
        ("gAMA", withUnsafeBytes(of: value.bigEndian) { Array($0) })
    }

    @Test func `a gray reads the same at any depth, colour type and chunk of sRGB`() throws {
        for gray in [0, 1, 77, 128, 200, 254, 255] as [UInt8] {
            for chunks in [[], [("sRGB", [0])], [Self.gamma(45_455), ("sRGB", [0])]] {
                for (kind, bytes) in Self.kinds(gray, chunks).enumerated() {
                    let found = try decode(bytes).pixels
                    #expect(found == Array(repeating: gray, count: 4), "\(gray), kind \(kind)")
                }
            }
            for (kind, bytes) in Self.kinds(gray, [Self.gamma(45_455)]).enumerated() {
                // A power of 2.2 is not quite sRGB.
                for pixel in try decode(bytes).pixels {
                    #expect(abs(Int(pixel) - Int(gray)) <= 3, "\(gray), kind \(kind): \(pixel)")
                }
            }
        }
        for (depth, most) in [(1, 1), (2, 3), (4, 15)] as [(UInt8, UInt8)] {
            for sample in 0...most {
                let image = try decode(plainPNG(depth: depth, colour: 0, pixel: [sample]))
                #expect(image.pixels == Array(repeating: sample * (255 / most), count: 4))
            }
        }
    }

    @Test func `samples of linear light become those of sRGB at any depth`() throws {
        for (kind, bytes) in Self.kinds(128, [Self.gamma(100_000)]).enumerated() {
            // libpng takes sRGB for a power of 2.2: 255 · 0.50196^(1 / 2.2) = 186.4.
            for pixel in try decode(bytes).pixels {
                #expect(abs(Int(pixel) - 186) <= 1, "kind \(kind): \(pixel)")
            }
        }
    }

    @Test func `an image that is written and read is the same`() throws {
        var rng = RandomStream(seed: 4)
        let image = GrayImage(
            width: 13, height: 7, pixels: (0..<91).map { _ in UInt8(rng.integer(below: 256)) })
        let bytes = try #require(image.png())
        #expect(try decode(bytes) == image)
    }

    @Test func `bytes that are no PNG are described with archive and entry`() {
        let cases: [([UInt8], String)] = [
            ([], "nothing (0 bytes)"), ([0xFF, 0xD8, 0xFF, 0xE0], "a JPEG image"),
            (Array("GIF89a".utf8), "a GIF image"), (Array("not found".utf8), "text \"not found\""),
            ([0, 1, 2, 0xFE, 9], "bytes 00 01 02 fe"),
        ]
        for (bytes, found) in cases {
            #expect(
                datasetError { _ = try decode(bytes) }?.description
                    == "a.zip: x.png: expected a PNG image, found \(found)")
        }
    }

    @Test func `a PNG cut anywhere before its last chunk gives an error`() {
        let png = oneBitPNG(width: 105, height: 105) { x, y in x == y }
        for length in stride(from: 8, to: png.count - 16, by: 37) {
            let error = datasetError { _ = try decode(Array(png.prefix(length))) }
            guard case .damagedPNG("a.zip", "x.png", let reason)? = error else {
                Issue.record("cut at \(length): \(String(describing: error))")
                continue
            }
            #expect(!reason.isEmpty)
        }
    }

    @Test func `a PNG that claims to be huge is refused before it is decoded`() {
        var png = oneBitPNG(width: 1, height: 1) { _, _ in true }
        let huge = oneBitPNG(width: 5000, height: 1) { _, _ in true }
        png.replaceSubrange(0..<33, with: huge[0..<33])  // the header with its checksum
        #expect(
            datasetError { _ = try decode(png) }?.description
                == "a.zip: x.png is too large: 5000 pixels a side, at most 4096 are read")
    }
}

struct AreaAverageTests {
    private func randomImage(_ side: Int, seed: UInt64) -> GrayImage {
        var rng = RandomStream(seed: seed).split("image")
        let pixels = (0..<(side * side)).map { _ in rng.chance(0.3) ? UInt8(0) : 255 }
        return GrayImage(width: side, height: side, pixels: pixels)
    }

    /// The same average on a grid fine enough for both images to have whole pixels.
    private func slowInk(_ image: GrayImage, to side: Int) -> [Double] {
        let fine = image.width * side
        let (block, repeats) = (fine / side, fine / image.width)
        return (0..<(side * side)).map { pixel in
            let (row, column) = (pixel / side, pixel % side)
            var black = 0
            for y in (row * block)..<((row + 1) * block) {
                for x in (column * block)..<((column + 1) * block)
                where image.pixels[y / repeats * image.width + x / repeats] == 0 {
                    black += 1
                }
            }
            return Double(black) / Double(block * block)
        }
    }

    @Test(arguments: [(15, 4), (7, 3), (6, 6), (12, 4), (10, 1)])
    func `the average is that of a grid on which every share is whole`(from: Int, to: Int) {
        let average = AreaAverage(from: from, to: to)
        for seed in 0..<10 {
            let image = randomImage(from, seed: UInt64(seed))
            let rounding = 0.5 / Double(average.fullScale) + 1e-12
            for (ink, expected) in zip(average.ink(of: image), slowInk(image, to: to)) {
                #expect(abs(Double(ink) / Double(average.fullScale) - expected) <= rounding)
            }
        }
    }

    @Test func `from 105 to 28 pixels the ink is exact and its sum is kept`() {
        let average = AreaAverage(from: 105, to: 28)
        #expect(average.fullScale == 225)  // (15/4)² input pixels in units of (1/4)²
        for seed in 0..<20 {
            let image = randomImage(105, seed: UInt64(seed))
            let black = image.pixels.filter { $0 == 0 }.count
            let sum = average.ink(of: image).reduce(0) { $0 + Int($1) }
            #expect(sum == black * 16)  // 16 units of (1/4)² an input pixel
        }
    }

    @Test func `white gives 0 and black gives full scale`() {
        for (from, to) in [(105, 28), (105, 105), (9, 2)] {
            let average = AreaAverage(from: from, to: to)
            for (gray, ink) in [(UInt8(255), 0), (0, average.fullScale)] {
                let image = GrayImage(
                    width: from, height: from,
                    pixels: [UInt8](repeating: gray, count: from * from))
                #expect(average.ink(of: image).allSatisfy { Int($0) == ink })
            }
        }
    }
}
