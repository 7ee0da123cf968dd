-- operator.lua: a custom mutation and crossover; see operator.md.
local apogee = require "apogee"

-- A mutation: one parent in, one child out.
local function swap_operations(parent, rng, space)
  local child = parent:copy()
  local block = rng:choice(space.blocks)
  local first, second = block.last - 1, block.last
  child[first], child[second] = parent[second], parent[first]
  if child == parent then
    child[first] = rng:choice(child:options(first))
  end
  return child
end

-- A crossover: two parents in, one child out.
local function better_half(a, b, rng, space)
  local child = a:copy()
  for _, block in ipairs(space.blocks) do
    if rng:chance(0.3) then
      for gene = block.first, block.last do child[gene] = b[gene] end
    end
  end
  return child
end

return apogee.experiment {
  name = "My first operators",
  api = 1,
  tasks = { "episodes", dataset = "glyphs", ways = 5, shots = 1, queries = 5 },
  space = { "cells", nodes = 2, channels = 4 },
  strategy = {
    "evolution", population = 6, mutation = swap_operations, crossover = better_half,
  },
  budget = {
    warm_up_updates = 10, generations = 2, updates_per_generation = 5, final_updates = 5,
    validation_tasks = 4, test_tasks = 20,
  },
  per_task_search = { enabled = false },
  arms = { "searched" },
}
