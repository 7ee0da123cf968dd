local apogee = require "apogee"
local evolution = require "evolution"

local options = {
  { name = "population", type = "integer", min = 2, max = 10000, default = 50,
    unit = "individuals", doc = "Individuals that survive a generation." },
  { name = "tournament", type = "integer", min = 1, max = 1000, default = 2,
    unit = "individuals", doc = "Members that compete to be a parent." },
  { name = "mutation", type = "mutation", default = "per_gene", doc = "How a parent is changed." },
  { name = "crossover", type = "crossover", default = "uniform",
    doc = "How two parents are combined." },
  { name = "crossover_probability", type = "number", min = 0, max = 1, default = 0.5,
    doc = "A child's chance to be made by crossover before it is mutated." },
  { name = "initial_rate", type = "number", min = 0.001, max = 1, default = 0.2,
    doc = "The mutation's rate at first." },
  { name = "least_rate", type = "number", min = 0.001, max = 1, default = 0.02,
    doc = "The rate never falls below." },
  { name = "factor", type = "number", min = 1.01, max = 4, default = 1.5,
    doc = "What the rate is multiplied by when more than a fifth of the children succeed." },
}

apogee.register {
  point = "strategy", name = "adaptive_evolution",
  summary = "The best survive; the mutation rate follows the 1/5 success rule (Rechenberg 1973).",
  options = options,
  make = evolution.strategy,
}
