/// Which Apogee this is.
public enum ApogeeVersion {
    /// The release, by Semantic Versioning.
    public static let current = "0.1.0"
    /// The form of plans that this release reads: `api = 1`.
    public static let api = 1
}
