-- 12_inner_rules.lua: a learner of a plugin, and the same written here.
--
-- Purpose   Shows the extension point `learner`: the inner step of each parameter as Lua, recorded
--           once and then run by the engine on every thread. `proximal_descent` pulls the
--           adapted weights back to the meta-learned ones; the second plan does so with a
--           function of its own, and gives the same numbers.
-- Data      glyphs, drawn by the program.
-- Expected  Two tables with the same numbers, far above the 20 % of guessing among five characters.
-- Time      Under a minute on two cores.
--
-- Run it    apogee check scripts/experiments/12_inner_rules.lua
--           apogee run scripts/experiments/12_inner_rules.lua
local apogee = require "apogee"

local function plan(name, learner)
  learner.order, learner.inner_steps, learner.meta_batch = 2, 3, 4
  learner.outer = { "adam", learning_rate = 0.002 }
  return apogee.experiment {
    name = name,
    api = 1,
    tasks = {
      "episodes", dataset = "glyphs", split = "alphabets", ways = 5, shots = 1, queries = 5,
    },
    space = { "conv4", filters = 16 },
    learner = learner,
    budget = { updates = 150, test_tasks = 100 },
  }
end

return {
  plan("The proximal inner step of a plugin", { "proximal_descent", rate = 0.1, pull = 0.5 }),
  plan("The same inner step in this file", {
    adapt = function(value, gradient, context)
      return value - (gradient + (value - context.initial) * 0.5) * 0.1
    end,
  }),
}
