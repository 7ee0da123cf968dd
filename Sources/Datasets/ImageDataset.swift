/// One class of an image data set: a character, in one of four orientations.
public struct ImageClass: Sendable, Hashable, Codable {
    /// "Greek/character01", or "Greek/character01@90" where it is rotated.
    public let name: String
    /// The group that the character belongs to.
    public let group: String
    /// The character's name within its group.
    public let character: String
    /// Degrees counter-clockwise: 0, 90, 180 or 270.
    public let rotation: Int

    init(group: String, character: String, rotation: Int) {
        self.group = group
        self.character = character
        self.rotation = rotation
        let base = "\(group)/\(character)"
        name = rotation == 0 ? base : "\(base)@\(rotation)"
    }
}

/// One character as it is stored: its name and how many drawings of it follow one another.
public struct ImageCharacter: Sendable, Hashable, Codable {
    /// The group that the character belongs to.
    public var group: String
    /// The character's name within its group.
    public var name: String
    /// The number of drawings.
    public var examples: Int

    /// A character with this many drawings.
    public init(group: String, name: String, examples: Int) {
        self.group = group
        self.name = name
        self.examples = examples
    }
}

/// Labelled images in memory, one class after another.
///
/// Pixels are kept as bytes, a quarter of the memory of floats (all of Omniglot with its rotations
/// takes 102 MB). Reading an image turns bytes into floats from 0 to 1.
public struct ImageDataset: Sendable {
    /// The data set's name, as in "omniglot".
    public let name: String
    /// Pixels from top to bottom.
    public let height: Int
    /// Pixels from left to right.
    public let width: Int
    /// Values of a pixel.
    public let channels: Int
    /// The classes; a class's place here is its index everywhere.
    public let classes: [ImageClass]
    /// The characters as stored; `classes` are these, each once or in four rotations.
    public let characters: [ImageCharacter]

    /// What its reader would tell of it, a sentence each: entries that were passed over.
    public internal(set) var notes: [String] = []

    /// For each class the character it shows.
    let characterOfClass: [Int]
    /// For each class the number of its first image.
    private let firstImage: [Int]
    private let pixels: [UInt8]
    private let fullScale: UInt8

    /// Elements of one image: height × width × channels.
    public var imageSize: Int { height * width * channels }

    /// Shape of one image, [height, width, channels].
    public var imageShape: [Int] { [height, width, channels] }

    /// Bytes that the images take.
    public var byteCount: Int { pixels.count }

    /// Whether every character occurs in four rotations.
    public var isRotated: Bool { classes.count > characters.count }

    /// A data set of images given as bytes.
    ///
    /// - Parameters:
    ///   - name: The data set's name.
    ///   - height: Pixels from top to bottom, at least 1.
    ///   - width: Pixels from left to right, at least 1.
    ///   - channels: Values of a pixel, at least 1.
    ///   - characters: The classes in order, each with the number of its images.
    ///   - pixels: All images one after another, each [height, width, channels].
    ///   - fullScale: The byte that means 1, at least 1.
    /// - Throws: `inconsistentDataset` if the sizes do not fit together.
    public init(
        name: String, height: Int, width: Int, channels: Int, characters: [ImageCharacter],
        pixels: [UInt8], fullScale: UInt8 = 255
    ) throws(DatasetError) {
        for (what, size) in [("height", height), ("width", width), ("channels", channels)] {
            guard (1...65_536).contains(size) else {
                throw .outOfRange(
                    option: "\(name): \(what)", found: "\(size)", expected: "1 to 65536")
            }
        }
        guard fullScale > 0 else {
            throw .outOfRange(option: "\(name): full scale", found: "0", expected: "1 to 255")
        }
        var images = 0
        var firstImage: [Int] = []
        for character in characters {
            guard character.examples >= 1, character.examples <= pixels.count else {
                throw .inconsistentDataset(
                    name: name,
                    what: "or more images of \(character.group)/\(character.name)",
                    expected: 1, found: character.examples)
            }
            firstImage.append(images)
            images += character.examples
        }
        let (expected, overflow) = images.multipliedReportingOverflow(
            by: height * width * channels)
        guard !overflow, expected == pixels.count else {
            throw .inconsistentDataset(
                name: name, what: "bytes of pixels", expected: overflow ? .max : expected,
                found: pixels.count)
        }
        self.name = name
        self.height = height
        self.width = width
        self.channels = channels
        self.characters = characters
        self.firstImage = firstImage
        self.pixels = pixels
        self.fullScale = fullScale
        classes = characters.map {
            ImageClass(group: $0.group, character: $0.name, rotation: 0)
        }
        characterOfClass = Array(characters.indices)
    }

    private init(rotating base: ImageDataset) {
        name = base.name
        height = base.height
        width = base.width
        channels = base.channels
        characters = base.characters
        fullScale = base.fullScale
        var classes: [ImageClass] = []
        var characterOfClass: [Int] = []
        var firstImage: [Int] = []
        var pixels: [UInt8] = []
        pixels.reserveCapacity(base.pixels.count * 4)
        var images = 0
        for (index, character) in base.characters.enumerated() {
            for rotation in [0, 90, 180, 270] {
                classes.append(
                    ImageClass(
                        group: character.group, character: character.name,
                        rotation: rotation))
                characterOfClass.append(index)
                firstImage.append(images)
                images += character.examples
                for example in 0..<character.examples {
                    base.appendRotated(index, example, by: rotation, to: &pixels)
                }
            }
        }
        self.classes = classes
        self.characterOfClass = characterOfClass
        self.firstImage = firstImage
        self.pixels = pixels
    }

    /// Appends a square image's bytes, turned counter-clockwise by 0, 90, 180 or 270 degrees.
    private func appendRotated(
        _ index: Int, _ example: Int, by rotation: Int, to target: inout [UInt8]
    ) {
        let side = height
        let start = (firstImage[index] + example) * imageSize
        // The source pixel of the output's first pixel, and the steps of its rows and columns.
        let (first, row, column) =
            switch rotation {
            case 0: (0, side, 1)
            case 90: (side - 1, -1, side)
            case 180: (side * side - 1, -side, -1)
            default: (side * (side - 1), 1, -side)
            }
        for y in 0..<side {
            for x in 0..<side {
                let pixel = start + (first + y * row + x * column) * channels
                target += pixels[pixel..<(pixel + channels)]
            }
        }
    }

    /// The same images with each character's rotations by 90, 180 and 270 degrees as further
    /// classes, next to it.
    ///
    /// - Throws: `cannotRotate` if the images are not square or are rotated already.
    public func withRotations() throws(DatasetError) -> ImageDataset {
        guard height == width else {
            throw .cannotRotate(dataset: name, reason: "they are \(width)×\(height) pixels")
        }
        guard !isRotated else {
            throw .cannotRotate(dataset: name, reason: "every character already has 4 rotations")
        }
        return ImageDataset(rotating: self)
    }

    // MARK: Reading images

    /// The number of images of a class.
    ///
    /// - Parameter index: A class index; it must be in `classes.indices`.
    /// - Returns: At least 1.
    public func exampleCount(_ index: Int) -> Int {
        characters[characterOfClass[index]].examples
    }

    /// One image, row-major [height, width, channels], values from 0 to 1.
    ///
    /// - Throws: `noClass` or `noExample` if there is no such image.
    public func image(class index: Int, example: Int) throws(DatasetError) -> [Float] {
        try check(class: index, example: example)
        return [Float](unsafeUninitializedCapacity: imageSize) { buffer, count in
            if let start = buffer.baseAddress { copyUnchecked(index, example, to: start) }
            count = imageSize
        }
    }

    /// Writes one image to `buffer`, row-major [height, width, channels], values from 0 to 1.
    ///
    /// - Throws: `noClass` or `noExample` if there is no such image; `wrongBuffer` if
    ///   the buffer does not have ``imageSize`` elements.
    public func copyImage(
        class index: Int, example: Int, to buffer: UnsafeMutableBufferPointer<Float>
    ) throws(DatasetError) {
        try check(class: index, example: example)
        guard buffer.count == imageSize, let start = buffer.baseAddress else {
            throw .wrongBuffer(what: "image", expected: imageSize, found: buffer.count)
        }
        copyUnchecked(index, example, to: start)
    }

    private func check(class index: Int, example: Int) throws(DatasetError) {
        guard classes.indices.contains(index) else {
            throw .noClass(index: index, classes: classes.count, dataset: name)
        }
        guard (0..<exampleCount(index)).contains(example) else {
            throw .noExample(
                index: example, available: exampleCount(index), className: classes[index].name)
        }
    }

    /// Copies an image whose indices have been checked.
    func copyUnchecked(_ index: Int, _ example: Int, to target: UnsafeMutablePointer<Float>) {
        let offset = (firstImage[index] + example) * imageSize
        // A product is several times faster than a quotient and differs by rounding alone.
        let reciprocal = 1 / Float(fullScale)
        let scale = Float(fullScale) * reciprocal > 1 ? reciprocal.nextDown : reciprocal
        pixels.withUnsafeBufferPointer { pixels in
            guard let start = pixels.baseAddress else { return }
            let source = start + offset
            for element in 0..<imageSize { target[element] = Float(source[element]) * scale }
        }
    }
}
