import Foundation

enum Output {
    /// Writes a line at once, whole, from any thread.
    static func line(_ text: String) {
        FileHandle.standardOutput.write(Data((text + "\n").utf8))
    }

    static func complaint(_ text: String) {
        FileHandle.standardError.write(Data(("apogee-fuzz: " + text + "\n").utf8))
    }
}
