-- space.lua: a custom search space; see space.md.
local apogee = require "apogee"
local nn = apogee.nn

local channels = 8

-- Up to three layers, each with its own window.
local chain = {
  choices = {
    { name = "depth", options = { 1, 2, 3 } },
    { name = "window1", options = { 3, 5 } },
    { name = "window2", options = { 3, 5 } },
    { name = "window3", options = { 3, 5 } },
  },

  -- The windows of layers that are left out decide nothing: let one value stand for all.
  repair = function(choice)
    for layer = choice.depth + 1, 3 do choice["window" .. layer] = 3 end
    return choice
  end,

  parameters = function(context)
    local list = {}
    for layer = 1, 3 do
      for _, window in ipairs { 3, 5 } do
        local name = "layer" .. layer .. ".window" .. window
        list[#list + 1] = nn.convolution_parameters(name, {
          window = window, inputs = layer == 1 and context.channels or channels,
          outputs = channels,
        })
        list[#list + 1] = nn.batch_norm_parameters(name .. ".norm", { channels = channels })
      end
    end
    return list
  end,

  forward = function(choice, parameters, x)
    for layer = 1, choice.depth do
      local name = "layer" .. layer .. ".window" .. choice["window" .. layer]
      x = nn.convolution(parameters, name, x)
      x = nn.batch_norm(parameters, name .. ".norm", x):relu():max_pool(2, { stride = 2 })
    end
    return x:global_average_pool()
  end,
}

return apogee.experiment {
  name = "My first space",
  api = 1,
  tasks = { "episodes", dataset = "glyphs", ways = 5, shots = 1, queries = 5 },
  space = chain,
  strategy = { "evolution", population = 6 },
  budget = {
    warm_up_updates = 10, generations = 2, updates_per_generation = 5, final_updates = 5,
    validation_tasks = 4, test_tasks = 20,
  },
  per_task_search = { enabled = false },
  arms = { "searched" },
}
