import Foundation
import Scripting
import TestSupport
import Testing

/// The reference is the one source of annotations and page; here it meets the real bindings and
/// the files.
struct AnnotationTests {
    @Test func `the reference names exactly what is bound`() throws {
        let host = try ExperimentScript(hosting: "none.lua", plugins: .none)
        let bound = try host.boundNames()
        #expect(bound.count > 8)
        for (name, members) in bound {
            let group = try #require(
                HostReference.groups.first { $0.name == name },
                "\(name) is bound, and has no group in Scripting/Annotations/HostReference.swift")
            let written = group.entries.map(\.name).sorted()
            #expect(written == members, "\(name) of the reference is not what scripts see")
        }
        for group in HostReference.groups {
            #expect(
                bound.contains { $0.group == group.name },
                "\(group.name) is in the reference, and nothing of that name is bound")
        }
    }

    @Test func `the files in plugins are what the reference says`() throws {
        for file in HostReference.files {
            let path = Repository.path("plugins/" + file.path)
            let found = try String(contentsOfFile: path, encoding: .utf8)
            #expect(
                found == file.text,
                "plugins/\(file.path) is out of date; apogee plugins --annotations plugins")
        }
    }

    @Test func `annotations raise when they are run, before anything else`() throws {
        let files = HostReference.files.filter { $0.path.hasPrefix("_meta/") }
        #expect(files.count == 4)
        for file in files {
            let first = file.text.split(separator: "\n").first { !$0.hasPrefix("--") }
            #expect(first?.hasPrefix("error \"") == true, "\(file.path)")
        }
    }
}
