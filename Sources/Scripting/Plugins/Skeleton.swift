/// The files that `apogee new` writes.
public enum Skeleton {
    /// A file of a skeleton.
    public struct File: Sendable {
        /// Its path below the skeleton's folder.
        public let path: String
        /// Its text.
        public let text: String
    }

    /// A plugin with one mutation, its spec and its page.
    public static func plugin(_ name: String) -> [File] {
        [
            File(
                path: "plugin.json",
                text: """
                    {
                      "name": "\(name)",
                      "version": "0.1.0",
                      "api": \(ApogeeVersion.api),
                      "summary": "What the plugin adds, in one line.",
                      "requires": { "apogee": ">=\(ApogeeVersion.current)" },
                      "provides": { "mutation": ["\(name)_shift"] }
                    }

                    """),
            File(
                path: "init.lua",
                text: """
                    -- Registers the plugin's components, and does nothing else. The name of each stands in
                    -- plugin.json under provides, too.
                    local apogee = require "apogee"
                    local shift = require "shift"

                    apogee.register {
                      point = "mutation", name = "\(name)_shift",
                      summary = "Moves genes to the next value that they may take.",
                      options = {
                        { name = "genes", type = "integer", min = 1, max = 100, default = 1, unit = "genes",
                          doc = "How many genes move." },
                      },
                      make = shift.mutation,
                    }

                    """),
            File(
                path: "shift.lua",
                text: """
                    local shift = {}

                    -- `make` gets the options, and returns the mutation: (parent, rng, space) → child. The
                    -- parent is read-only; all randomness comes from rng.
                    function shift.mutation(options)
                      return function(parent, rng)
                        local child = parent:copy()
                        for _ = 1, options.genes do
                          local gene = rng:integer(1, #child)
                          local values = child:options(gene)
                          for place, value in ipairs(values) do
                            if value == child[gene] then
                              child[gene] = values[place % #values + 1]
                              break
                            end
                          end
                        end
                        return child
                      end
                    end

                    return shift

                    """),
            File(
                path: "spec/shift_spec.lua",
                text: """
                    local testing = require "apogee.testing"

                    describe("\(name)_shift", function()
                      local rng, parent

                      before_each(function()
                        rng = testing.rng(7)
                        parent = testing.space(2):sample(rng)
                      end)

                      it("changes at most one gene by default", function()
                        local mutate = testing.mutation("\(name)_shift")
                        local child = mutate(parent, rng)
                        local changed = 0
                        for gene = 1, #parent do
                          if child[gene] ~= parent[gene] then changed = changed + 1 end
                        end
                        expect(changed):to_be_between(0, 1)
                      end)

                      it("gives the same child for the same seed", function()
                        local mutate = testing.mutation("\(name)_shift", { genes = 3 })
                        expect(mutate(parent, testing.rng(1))):to_equal(mutate(parent, testing.rng(1)))
                      end)
                    end)

                    """),
            File(
                path: "README.md",
                text: """
                    # \(name)

                    What the plugin adds, and the paper that it comes from.

                    ## Mutation `\(name)_shift`

                    Moves genes to the next value that they may take.

                    | option | default | unit | meaning |
                    | --- | --- | --- | --- |
                    | `genes` | 1 | genes | how many genes move |

                    ```lua
                    strategy = { "evolution", mutation = { "\(name)_shift", genes = 2 } },
                    ```

                    Cost: one pass over the options of a gene for each that moves.

                    ```
                    apogee check plugins/\(name)    # a thousand calls: valid children, no hidden state
                    apogee test plugins/\(name)     # the specs
                    ```

                    """),
        ]
    }

    /// The settings by which the Lua language server finds the host's annotations.
    ///
    /// - Parameter annotations: Their folder, from the skeleton's or absolute.
    /// - Returns: The file.
    public static func editorSettings(annotations: String) -> File {
        let library = annotations.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
        return File(
            path: ".luarc.json",
            text: """
                {
                  "runtime.version": "Lua 5.4",
                  "workspace.library": ["\(library)"],
                  "workspace.checkThirdParty": false,
                  "diagnostics.disable": ["lowercase-global"]
                }

                """)
    }

    /// An experiment with an operator of its own, its spec and its page.
    public static func experiment(_ name: String) -> [File] {
        [
            File(
                path: "experiment.lua",
                text: """
                    -- \(name): what the experiment asks, in one line.
                    --
                    -- Purpose   What it is for.
                    -- Data      glyphs, drawn by the program.
                    -- Expected  What the table should show.
                    -- Time      About a minute on two cores.
                    local apogee = require "apogee"
                    local operators = require "operators"

                    return apogee.experiment {
                      name = "\(name)",
                      api = \(ApogeeVersion.api),
                      tasks = { "episodes", dataset = "glyphs", ways = 5, shots = 1, queries = 5 },
                      space = { "cells", nodes = 2, channels = 8 },
                      learner = { "maml", order = 1, inner_steps = 3, inner_learning_rate = 0.1, meta_batch = 4 },
                      strategy = { "evolution", population = 10, mutation = operators.mutate },
                      budget = {
                        warm_up_updates = 50, generations = 3, updates_per_generation = 10, final_updates = 20,
                        validation_tasks = 8, test_tasks = 50,
                      },
                      per_task_search = { enabled = false },
                      arms = { "searched", "random_search" },
                    }

                    """),
            File(
                path: "operators.lua",
                text: """
                    local operators = {}

                    -- A mutation: `parent` is read-only, genes count from 1, all randomness comes from rng.
                    function operators.mutate(parent, rng)
                      local child = parent:copy()
                      local gene = rng:integer(1, #child)
                      child[gene] = rng:choice(child:options(gene))
                      return child
                    end

                    return operators

                    """),
            File(
                path: "spec/operators_spec.lua",
                text: """
                    local testing = require "apogee.testing"
                    local operators = require "operators"

                    describe("mutate", function()
                      it("leaves the parent as it is", function()
                        local rng = testing.rng(7)
                        local parent = testing.space(2):sample(rng)
                        local before = tostring(parent)
                        operators.mutate(parent, rng)
                        expect(tostring(parent)):to_equal(before)
                      end)
                    end)

                    """),
            File(
                path: "README.md",
                text: """
                    # \(name)

                    What the experiment asks, and what came out.

                    ```
                    apogee check experiment.lua
                    apogee test .
                    apogee run experiment.lua --seed 0
                    ```

                    """),
        ]
    }
}
