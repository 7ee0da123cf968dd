import Scripting
import Testing

struct VersionTests {
    @Test(arguments: [
        ("1.2.3", "1.2.3", true), ("1.2.3", "1.2.4", false), ("=1.2", "1.2.9", true),
        ("1.2", "1.3.0", false), ("1", "1.9.9", true), ("1", "2.0.0", false),
        (">=1.2", "1.2.0", true), (">=1.2", "1.1.9", false), (">=1.2", "7.0.0", true),
        (">1.2", "1.2.9", false), (">1.2", "1.3.0", true), ("<2", "1.9.9", true),
        ("<2", "2.0.0", false), ("<=1.2", "1.2.9", true), ("<=1.2", "1.3.0", false),
        ("^1.2", "1.9.0", true), ("^1.2", "2.0.0", false), ("^1.2", "1.1.0", false),
        ("^0.2", "0.2.7", true), ("^0.2", "0.3.0", false), ("^0.0.3", "0.0.3", true),
        ("^0.0.3", "0.0.4", false), ("~1.2.3", "1.2.9", true), ("~1.2.3", "1.3.0", false),
        ("~1", "1.5.0", true), ("*", "0.0.1", true), (">=1.2 <2", "1.5.0", true),
        (">=1.2, <2", "2.1.0", false),
    ])
    func `a range holds the versions that it says`(
        _ range: String, _ version: String, _ isIn: Bool
    ) throws {
        let range = try #require(VersionRange(range))
        let version = try #require(Version(version))
        #expect(range.contains(version) == isIn)
    }

    @Test(arguments: [
        "", " ", "x", "1.2.3.4", "1..2", ">=", "1.x", "^", "-1", "1e3", "12345678", ">> 1",
    ])
    func `other texts are no range`(_ text: String) {
        #expect(VersionRange(text) == nil)
    }
}
