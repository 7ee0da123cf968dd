/// Seeds for tests of laws that must hold whatever the draw.
public enum Seeds {
    /// Twenty seeds: enough to catch a law that fails once in ten.
    public static let few: [UInt64] = (0..<20).map { $0 &* 0x9E37_79B9_7F4A_7C15 &+ 1 }
}
