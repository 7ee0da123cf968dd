-- 02_custom_operators.lua: write the search's operators in Lua.
--
-- Purpose   Shows a mutation, a crossover, a schedule and an objective as plain functions. Change
--           one, run `apogee check` on this file, and run it again: nothing is compiled.
-- Data      glyphs, drawn by the program.
-- Expected  A searched network about as good as that of 01_quickstart.lua, and smaller.
-- Time      At most 2 minutes on two cores.
--
-- Run it    apogee check scripts/experiments/02_custom_operators.lua
--           apogee run scripts/experiments/02_custom_operators.lua
local apogee = require "apogee"

-- Changes one gene to another value that keeps the genotype valid. `parent` is read-only; genes are
-- counted from 1, their values from 0. All randomness comes from `rng`.
local function mutate(parent, rng)
  local child = parent:copy()
  for _ = 1, 20 do
    local gene = rng:integer(1, #child)
    local options = child:options(gene)
    if #options > 1 then
      child[gene] = rng:choice(options)
      if child ~= parent then break end
    end
  end
  return child
end

-- Takes the normal cell of one parent and the reduction cell of the other: the first and the second
-- half of the genes.
local function swap_cells(a, b, rng)
  if rng:chance(0.5) then a, b = b, a end
  local child = a:copy()
  for gene = #child // 2 + 1, #child do child[gene] = b[gene] end
  return child
end

-- More and more training paths come from the population; the learning rate falls towards the end.
local function settings(progress)
  return {
    paths = math.min(1, 2 * progress.fraction),
    outer_learning_rate_factor = progress.phase == "final" and 0.3 or 1,
    mutation_probability = 0.3 - 0.2 * progress.fraction,
  }
end

-- Error and size in one number: ten times the parameters cost two points of error.
local function price(subnet)
  return 100 * subnet.query_error + 2 * math.log(subnet.parameters, 10)
end

return apogee.experiment {
  name = "Custom operators on glyphs, 5-way 1-shot",
  api = 1,
  tasks = { "episodes", dataset = "glyphs", split = "alphabets", ways = 5, shots = 1, queries = 5 },
  space = { "cells", nodes = 2, channels = 8, operations = "darts" },
  learner = {
    "maml", order = 1, inner_steps = 3, inner_learning_rate = 0.1, meta_batch = 4,
    outer = { "adam", learning_rate = 0.002 },
  },
  strategy = { "evolution", population = 10, mutation = mutate, crossover = swap_cells },
  schedule = settings,
  objectives = {
    { name = "price", evaluate = price, unit = "points", direction = "minimize" }, "query_error",
  },
  budget = {
    warm_up_updates = 100, generations = 5, updates_per_generation = 20, final_updates = 50,
    validation_tasks = 8, test_tasks = 100,
  },
  per_task_search = { enabled = false },
  arms = { "searched" },
}
