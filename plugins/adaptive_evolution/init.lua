local apogee = require "apogee"
local evolution = require "evolution"

local options = {
  { name = "population", type = "integer", min = 2, max = 10000, default = 50,
    unit = "individuals", doc = "Survivors per generation." },
  { name = "tournament", type = "integer", min = 1, max = 1000, default = 2,
    unit = "individuals", doc = "Members that compete to become a parent." },
  { name = "mutation", type = "mutation", default = "per_gene", doc = "The mutation operator." },
  { name = "crossover", type = "crossover", default = "uniform",
    doc = "The crossover operator." },
  { name = "crossover_probability", type = "number", min = 0, max = 1, default = 0.5,
    doc = "Probability that a child is made by crossover before mutation." },
  { name = "initial_rate", type = "number", min = 0.001, max = 1, default = 0.2,
    doc = "Initial mutation rate." },
  { name = "least_rate", type = "number", min = 0.001, max = 1, default = 0.02,
    doc = "Minimum mutation rate." },
  { name = "factor", type = "number", min = 1.01, max = 4, default = 1.5,
    doc = "Factor for the rate when more than a fifth of the children succeed." },
}

apogee.register {
  point = "strategy", name = "adaptive_evolution",
  summary = "The best survive; the 1/5 success rule adapts the mutation rate (Rechenberg 1973).",
  options = options,
  make = evolution.strategy,
}
