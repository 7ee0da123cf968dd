-- 05_tabular_policies.lua: compare search policies on tables, thousands of evaluations a second.
--
-- Purpose   Compares a policy written in Lua with random search and regularized evolution, 50 seeds
--           each. Arms share the seeds, so they are compared in pairs. Policies select by
--           validation error; results report test accuracy.
-- Data      Synthetic tables, so that nothing is downloaded. For NAS-Bench-201 (see
--           benchmarks-data/nas_bench_201): --data DIR --set tasks.dataset=nas_bench_201
-- Expected  Both kinds of evolution beat random search at 300 evaluations.
-- Time      Less than 1 minute on two cores.
--
-- Run it    apogee run scripts/experiments/05_tabular_policies.lua
local apogee = require "apogee"

-- Changes one edge, or sometimes two; prefers operations other than "none" (0).
local function mutate(parent, rng)
  local child = parent:copy()
  for _ = 1, rng:chance(0.3) and 2 or 1 do
    local gene = rng:integer(1, #child)
    local options = {}
    for _, option in ipairs(child:options(gene)) do
      if option ~= child[gene] and (option ~= 0 or rng:chance(0.2)) then
        options[#options + 1] = option
      end
    end
    child[gene] = rng:choice(options)
  end
  return child
end

return apogee.experiment {
  name = "Policies on tables",
  api = 1,
  tasks = {
    "tabular", dataset = "synthetic", tables = { "cifar10", "cifar100" }, seeds = 50,
  },
  space = "nas_bench_201",
  strategy = {
    "evolution", population = 20, parents = 10, mutants = 14, crossovers = 4,
    mutation = mutate, crossover = "uniform",
  },
  arms = {
    "searched",
    { "regularized_evolution", population = 30, sample_size = 8 },
    "random_search",
  },
  objectives = { "query_error" },
  budget = { generations = 15, evaluations_per_generation = 20 },
}
