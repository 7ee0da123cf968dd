local apogee = require "apogee"
local scores = require "scores"

local seed = {
  name = "seed", type = "integer", min = 0, max = 1000000, default = 0,
  doc = "The seed of the initial weights.",
}

--- An objective of a score; what is computed is billed to the run.
local function objective(name, summary)
  apogee.register {
    point = "objective", name = name, summary = summary, direction = "maximize",
    needs = { tasks = "examples" },
    options = { seed },
    make = function(options)
      return function(subnet) return scores[name](subnet, options.seed) end
    end,
  }
end

objective("gradient_norm",
  "Length of the loss's gradient at the first weights (Abdelfattah et al. 2021).")
objective("synaptic_flow",
  "Logarithm of the synaptic flow at the first weights (Tanaka et al. 2020).")
objective("jacobian_codes",
  "Log-determinant of the agreement of ReLU codes at the first weights (Mellor et al. 2021).")
