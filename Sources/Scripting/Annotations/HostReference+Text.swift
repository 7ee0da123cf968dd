import Components
import Experiments

extension HostReference {
    /// The files that `apogee plugins --annotations DIR` writes, by their path below it.
    public static var files: [Skeleton.File] {
        [
            Skeleton.File(path: "_meta/apogee.lua", text: annotations("apogee")),
            Skeleton.File(path: "_meta/tensors.lua", text: tensorAnnotations),
            Skeleton.File(path: "_meta/testing.lua", text: annotations("apogee.testing")),
            Skeleton.File(path: "_meta/specs.lua", text: specAnnotations),
            Skeleton.File(path: "guide/reference.md", text: page),
        ]
    }

    private static let raise =
        "error \"annotations for editors; not to be run\"\n"
    private static let notice =
        "-- Written by `apogee plugins --annotations plugins`; change the program's source instead.\n"

    private static func group(_ name: String) -> ReferenceGroup? {
        groups.first { $0.name == name }
    }

    /// The types of tensors and methods, in a file of their own.
    private static var tensorAnnotations: String {
        "---@meta apogee.tensors\n" + notice + raise
            + tensorTypes.map { "\n" + classText($0) }.joined()
    }

    /// The annotations of a module; those of `apogee` hold the other types too.
    private static func annotations(_ module: String) -> String {
        var text = "---@meta \(module)\n" + notice + raise
        if module == "apogee" {
            for group in groups
            where (group.kind == .type || group.kind == .table) && !tensorTypes.contains(group) {
                text += "\n" + classText(group)
            }
            text += """

                ---@class apogee.choice
                ---@field name string
                ---@field options string[]

                ---@class apogee.block
                ---@field first integer
                ---@field last integer

                """
        }
        guard let group = group(module) else { return text }
        text += "\n--- \(group.summary)\nlocal module = {}\n"
        for entry in group.entries { text += "\n" + declaration(entry, of: "module") }
        return text + "\nreturn module\n"
    }

    private static var specAnnotations: String {
        var text = "---@meta\n" + notice + raise
        for entry in group("specs")?.entries ?? [] {
            text += "\n" + declaration(entry, of: nil)
        }
        return text
    }

    private static func classText(_ group: ReferenceGroup) -> String {
        var text = "--- \(group.summary)\n---@class apogee.\(group.name)\n"
        let name = group.name
        for entry in group.entries where entry.kind == .field {
            text += "---@field \(entry.name) \(entry.result) \(entry.summary)\n"
        }
        if group.name == "genotype" {
            text += "---@field [integer] integer\n---@operator len: integer\n"
        }
        if group.name == "expectation" {
            text += "---@field never apogee.expectation Turns a check around.\n"
        }
        text += "local \(name) = {}\n"
        for entry in group.entries where entry.kind == .method {
            text += "\n" + declaration(entry, of: name)
        }
        return text
    }

    private static func declaration(_ entry: ReferenceEntry, of owner: String?) -> String {
        var text = "--- \(entry.summary)\n"
        if entry.kind == .field {
            return text + "---@type \(entry.result)\n\(owner ?? "_G").\(entry.name) = nil\n"
        }
        for value in entry.parameters { text += "---@param \(value.name) \(value.type)\n" }
        if !entry.result.isEmpty { text += "---@return \(entry.result)\n" }
        let names = entry.parameters.map {
            $0.name.hasSuffix("?") ? String($0.name.dropLast()) : $0.name
        }
        let sign = entry.kind == .method ? ":" : "."
        let place = owner.map { $0 + sign } ?? ""
        return text + "function \(place)\(entry.name)(\(names.joined(separator: ", "))) end\n"
    }

    /// The reference as a page.
    private static var page: String {
        var text = """
            # Reference

            What the host gives to scripts, plugins and specs. This page and the annotations for
            editors in `_meta` are written by `apogee plugins --annotations plugins`.

            ## Extension points

            | point | a plugin gives |
            | --- | --- |

            """
        for point in LuaPoint.all {
            text += "| `\(point.point.rawValue)` | `\(point.signature)` |\n"
        }
        for group in groups {
            let title: String
            switch group.kind {
            case .type: title = "Type `\(group.name)`"
            case .table: title = "Table `\(group.name)`"
            case .module: title = "Module `\(group.name)`"
            case .globals: title = "Specs"
            }
            text += "\n## \(title)\n\n\(group.summary)\n"
            if group.entries.isEmpty { continue }
            text += "\n| name | gives | meaning |\n| --- | --- | --- |\n"
            for entry in group.entries {
                let result = entry.result.isEmpty ? "" : "`\(escaped(entry.result))`"
                text += "| `\(entry.call)` | \(result) | \(escaped(entry.summary)) |\n"
            }
        }
        return text
    }

    /// A vertical bar would end a table's cell.
    private static func escaped(_ text: String) -> String {
        String(text.flatMap { $0 == "|" ? ["\\", "|"] : [$0] })
    }
}
