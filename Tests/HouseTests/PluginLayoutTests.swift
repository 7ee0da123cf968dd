import Components
import Experiments
import Foundation
import Scripting
import TestSupport
import Testing

/// Every shipped plugin has what a reader looks for.
struct PluginLayoutTests {
    private func plugins() throws -> [Plugin] {
        try PluginCatalog(
            PluginPlaces(commandLine: [Repository.path("plugins")], besideScript: false),
            script: nil
        ).plugins
    }

    @Test func `every plugin has a page and a spec`() throws {
        let plugins = try plugins()
        #expect(plugins.count >= 6)
        for plugin in plugins {
            let manager = FileManager.default
            #expect(manager.fileExists(atPath: plugin.folder + "/README.md"), "\(plugin.name)")
            #expect(try !SpecFiles.find(plugin.folder).isEmpty, "\(plugin.name) has no spec")
        }
    }

    @Test func `a plugin's page names every component and option`() throws {
        let host = try ExperimentScript(
            hosting: Repository.path("plugins/none.lua"),
            plugins: PluginPlaces(commandLine: [Repository.path("plugins")], besideScript: false))
        for plugin in host.catalog.plugins {
            let page = try String(contentsOfFile: plugin.folder + "/README.md", encoding: .utf8)
            for provision in plugin.manifest.provides {
                for name in provision.names {
                    #expect(page.contains(name), "\(plugin.name): the page lacks \(name)")
                    let options =
                        host.registry.component(name, at: provision.point)?.options ?? []
                    for option in options {
                        #expect(
                            page.contains("`\(option.name)`"),
                            "\(plugin.name): the page lacks the option \(option.name)")
                    }
                }
            }
        }
    }

    @Test func `every plugin is used by an experiment or required by one that is`() throws {
        var text = ""
        for file in try SourceFile.all("scripts/experiments", endings: [".lua"]) {
            text += file.text
        }
        let plugins = try plugins()
        for plugin in plugins where !plugin.manifest.provides.isEmpty {
            let names = plugin.manifest.provides.flatMap(\.names)
            #expect(
                names.contains { text.contains("\"\($0)\"") },
                "no experiment names a component of \(plugin.name)")
        }
    }

    @Test func `the specs of every plugin pass`() throws {
        for file in try SpecFiles.find(Repository.path("plugins")) {
            let results = try SpecRunner(file, plugins: .none).run()
            #expect(!results.isEmpty, "\(file) holds no spec")
            for result in results {
                #expect(
                    result.failure == nil,
                    "\(result.words.joined(separator: " ")): \(result.failure ?? "")")
            }
        }
    }

    @Test func `every component of every plugin keeps its contract`() throws {
        let host = try ExperimentScript(
            hosting: Repository.path("plugins/none.lua"),
            plugins: PluginPlaces(commandLine: [Repository.path("plugins")], besideScript: false))
        for plugin in host.catalog.plugins {
            let findings = try PluginCheck(plugin, host, calls: 200).run()
            let declared = plugin.manifest.provides.flatMap(\.names).count
            #expect(findings.count == declared, "\(plugin.name)")
        }
    }
}
