/// Makes an input smaller while it does the same harm.
struct Shrinker {
    /// Whether an input does the harm.
    let isHarmful: ([UInt8]) -> Bool
    /// How many inputs are tried at most.
    var attempts = 400
    /// When to stop.
    var deadline = ContinuousClock.now + .seconds(120)

    /// The smallest input that was found.
    ///
    /// - Parameters:
    ///   - input: A harmful one.
    ///   - isText: Whether its lines and words are what is left out, or its bytes.
    /// - Returns: It, or the same input.
    mutating func smallest(_ input: [UInt8], isText: Bool) -> [UInt8] {
        var best = input
        if isText {
            best = without(Shrinker.pieces(of: best) { $0 == UInt8(ascii: "\n") })
            best = without(Shrinker.words(of: best))
            best = without(Shrinker.pieces(of: best) { $0 == UInt8(ascii: "\n") })
        } else {
            best = without(best.map { [$0] })
        }
        return best
    }

    /// Leaves out ever smaller runs of pieces: halves, quarters, single ones.
    private mutating func without(_ pieces: [[UInt8]]) -> [UInt8] {
        var pieces = pieces
        var size = max(1, pieces.count / 2)
        while true {
            var start = 0
            var hasShrunk = false
            while start < pieces.count {
                guard attempts > 0, ContinuousClock.now < deadline else { return joined(pieces) }
                attempts -= 1
                let end = min(start + size, pieces.count)
                let candidate = Array(pieces[..<start] + pieces[end...])
                if isHarmful(joined(candidate)) {
                    pieces = candidate
                    hasShrunk = true
                } else {
                    start = end
                }
            }
            if size > 1 {
                size = max(1, size / 2)
            } else if !hasShrunk {
                return joined(pieces)
            }
        }
    }

    private func joined(_ pieces: [[UInt8]]) -> [UInt8] { Array(pieces.joined()) }

    /// Parts of a text, each ending with a byte of the kind.
    private static func pieces(of text: [UInt8], endingAt isEnd: (UInt8) -> Bool) -> [[UInt8]] {
        var pieces: [[UInt8]] = [[]]
        for byte in text {
            pieces[pieces.count - 1].append(byte)
            if isEnd(byte) { pieces.append([]) }
        }
        return pieces.filter { !$0.isEmpty }
    }

    /// Words, and each other byte alone.
    private static func words(of text: [UInt8]) -> [[UInt8]] {
        func isWord(_ byte: UInt8) -> Bool {
            byte == UInt8(ascii: "_") || (48...57).contains(byte) || (65...90).contains(byte)
                || (97...122).contains(byte) || byte > 127
        }
        var words: [[UInt8]] = []
        for byte in text {
            if let last = words.last?.last, isWord(last), isWord(byte) {
                words[words.count - 1].append(byte)
            } else {
                words.append([byte])
            }
        }
        return words
    }
}
