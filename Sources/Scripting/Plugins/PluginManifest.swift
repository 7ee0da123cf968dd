internal import Methods
internal import Naming
public import Components
internal import Experiments
import LuaHost
import Records
import Foundation
import SearchSpaces

/// What a plugin says of itself in `plugin.json`.
public struct PluginManifest: Sendable, Hashable {
    /// Another plugin that must be there.
    public struct Requirement: Sendable, Hashable {
        /// Its name, or `apogee` for the program itself.
        public let name: String
        /// The versions that will do.
        public let range: VersionRange
    }

    /// What the plugin adds at an extension point.
    public struct Provision: Sendable, Hashable {
        /// The point.
        public let point: ExtensionPoint
        /// The components' names.
        public let names: [String]
    }

    /// The name in snake_case: also the folder's, and what `require` takes.
    public let name: String
    /// The version.
    public let version: Version
    /// The version of the scripting interface; 1.
    public let api: Int
    /// One line on what it is.
    public let summary: String
    /// What must be there, sorted by name.
    public let requires: [Requirement]
    /// What it adds, in the order of the extension points.
    public let provides: [Provision]
    /// The paper or address that it comes from, if it says so.
    public let source: String?

    private static let keys = [
        "name", "version", "api", "summary", "requires", "provides", "source",
    ]

    /// Reads the text of a `plugin.json`, strictly.
    ///
    /// - Parameters:
    ///   - text: The text.
    ///   - path: The file, for messages.
    ///   - folder: The folder's name, which the plugin must have too.
    /// - Throws: ``ScriptingError/invalidPlugin(path:key:problem:)`` for the first mistake.
    public init(_ text: String, path: String, folder: String) throws(ScriptingError) {
        let value: PlainValue
        do {
            // A mark of byte order is no part of JSON, and some editors write it.
            let text = text.hasPrefix("\u{FEFF}") ? String(text.dropFirst()) : text
            value = try RecordCoding.decode(PlainValue.self, from: text)
        } catch {
            throw .invalidPlugin(
                path: path, key: nil,
                problem: "expected an object in JSON; this is not valid JSON")
        }
        guard let fields = value.table, !fields.isList else {
            throw .invalidPlugin(
                path: path, key: nil, problem: "expected an object, found \(value.jsonSummary)")
        }
        let reader = ManifestReader(path: path, fields: fields)
        try reader.refuseUnknown(Self.keys)
        api = try reader.integer("api")
        guard api == ApogeeVersion.api else {
            throw reader.error(
                "api",
                "this Apogee reads plugins with api = \(ApogeeVersion.api), but this one has "
                    + "api = \(api)")
        }
        name = try reader.text("name")
        guard PluginManifest.isName(name) else {
            throw reader.error(
                "name",
                "expected lower-case letters, digits and underscores, found \"\(name)\"")
        }
        guard name != "apogee", !Sandbox.stockModules.contains(name) else {
            throw reader.error(
                "name",
                "\"\(name)\" is a module that require finds without plugins; choose another name")
        }
        guard name == folder else {
            throw reader.error(
                "name", "expected the folder's name \"\(folder)\", found \"\(name)\"")
        }
        let version = try reader.text("version")
        guard let version = Version(version) else {
            throw reader.error(
                "version", "expected a version such as \"1.2.0\", found \"\(version)\"")
        }
        self.version = version
        summary = try reader.text("summary")
        source = fields["source"] == nil ? nil : try reader.text("source")
        requires = try reader.requirements()
        provides = try reader.provisions()
    }

    /// Whether a text can be a plugin's name.
    public static func isName(_ text: String) -> Bool {
        guard let first = text.utf8.first, (97...122).contains(first), text.utf8.count <= 60
        else { return false }
        return text.utf8.allSatisfy {
            (97...122).contains($0) || (48...57).contains($0) || $0 == 95
        }
    }
}

/// Reads the values of one manifest.
private struct ManifestReader {
    let path: String
    let fields: PlainTable

    func error(_ key: String?, _ problem: String) -> ScriptingError {
        .invalidPlugin(path: path, key: key, problem: problem)
    }

    func refuseUnknown(_ known: [String]) throws(ScriptingError) {
        for key in fields.names where !known.contains(key) {
            throw error(
                PlanText.quoted(key),
                "no such key; " + Hint.text(for: key, among: known))
        }
    }

    private func value(_ key: String, _ expected: String) throws(ScriptingError) -> PlainValue {
        guard let value = fields[key] else { throw error(key, "missing; expected \(expected)") }
        return value
    }

    func text(_ key: String) throws(ScriptingError) -> String {
        let value = try value(key, "text")
        guard case .string(let text) = value.kind else {
            throw error(key, "expected text, found \(value.jsonSummary)")
        }
        guard (1...500).contains(text.count),
            !text.unicodeScalars.contains(where: PlanText.isControl)
        else { throw error(key, "expected one line of 1 to 500 characters") }
        return text
    }

    func integer(_ key: String) throws(ScriptingError) -> Int {
        let value = try value(key, "an integer")
        guard case .integer(let number) = value.kind else {
            throw error(key, "expected an integer, found \(value.jsonSummary)")
        }
        return number
    }

    private func object(_ key: String) throws(ScriptingError) -> PlainTable {
        guard let value = fields[key] else { return PlainTable() }
        guard let fields = value.table, !fields.isList else {
            throw error(key, "expected an object, found \(value.jsonSummary)")
        }
        return fields
    }

    func requirements() throws(ScriptingError) -> [PluginManifest.Requirement] {
        var requirements: [PluginManifest.Requirement] = []
        for entry in try object("requires").named.sorted(by: { $0.name < $1.name }) {
            let (name, value) = (entry.name, entry.value)
            let key = "requires.\(name)"
            guard case .string(let text) = value.kind, let range = VersionRange(text) else {
                throw error(
                    key,
                    "expected a version range such as \"^1.2\" or \">=1.2 <2\", found "
                        + value.jsonSummary)
            }
            requirements.append(PluginManifest.Requirement(name: name, range: range))
        }
        return requirements
    }

    func provisions() throws(ScriptingError) -> [PluginManifest.Provision] {
        let given = try object("provides")
        let open = LuaPoint.all.map(\.point.rawValue)
        for key in given.names where !open.contains(key) {
            if let point = BuiltIns.points.first(where: { $0.rawValue == key }) {
                throw error("provides.\(key)", LuaPoint.refusal(point))
            }
            throw error("provides.\(key)", "no such point; " + Hint.text(for: key, among: open))
        }
        var provisions: [PluginManifest.Provision] = []
        for point in BuiltIns.points {
            let key = "provides.\(point.rawValue)"
            guard let value = given[point.rawValue] else { continue }
            guard let items = value.table, items.named.isEmpty else {
                throw error(key, "expected a list of names, found \(value.jsonSummary)")
            }
            var names: [String] = []
            for item in items.positional {
                guard case .string(let name) = item.kind, PluginManifest.isName(name) else {
                    throw error(
                        key,
                        "expected names of lower-case letters, digits and underscores, found "
                            + item.jsonSummary)
                }
                guard !names.contains(name) else {
                    throw error(key, "\"\(name)\" is listed twice")
                }
                names.append(name)
            }
            provisions.append(PluginManifest.Provision(point: point, names: names))
        }
        return provisions
    }
}

/// The end of a message about a name that does not exist.
package enum Hint {
    /// `did you mean "x"?`, or all that is known.
    package static func text(for name: String, among known: [String]) -> String {
        if let nearest = NearestName.of(name, among: known) {
            return "did you mean \"\(nearest)\"?"
        }
        return known.isEmpty ? "there is none" : "known are \(PlanText.listed(known))"
    }
}

extension PlainTable {
    /// All names, sorted.
    fileprivate var names: [String] { named.map(\.name).sorted() }
}

extension PlainValue {
    /// The value in a few words of JSON.
    fileprivate var jsonSummary: String {
        switch kind {
        case .nothing: "null"
        case .table(let table): table.isList ? "a list" : "an object"
        default: summary
        }
    }
}
