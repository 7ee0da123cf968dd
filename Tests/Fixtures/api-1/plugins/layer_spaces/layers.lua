-- A space of layers one after the other: each stage chooses how many layers it has and how wide
-- they are, each layer its window.
--
-- All networks share one set of weights. A narrower stage uses the first channels of the widest; a
-- smaller window the middle of the largest (Cai et al. 2020). So a weight is trained by every path
-- that can use it, and a layer that is left out is skipped.
local apogee = require "apogee"
local nn = apogee.nn

local layers = {}

-- The share of the full width that a stage may take.
local shares = { half = 0.5, full = 1 }

local function largest(windows)
  local most = 1
  for _, window in ipairs(windows) do most = math.max(most, window) end
  return most
end

local function width(options, stage) return options.channels * 2 ^ (stage - 1) // 1 | 0 end

local function layer_name(stage, layer) return "stage" .. stage .. ".layer" .. layer end

local function choices(options)
  local list = {}
  for stage = 1, options.stages do
    local depths = {}
    for depth = 1, options.depth do depths[depth] = depth end
    list[#list + 1] = { name = "stage" .. stage .. ".depth", options = depths }
    list[#list + 1] = { name = "stage" .. stage .. ".width", options = { "half", "full" } }
    for layer = 1, options.depth do
      list[#list + 1] = {
        name = layer_name(stage, layer) .. ".window", options = { table.unpack(options.windows) },
      }
    end
  end
  return list
end

-- The window of a layer that the depth leaves out decides nothing: all its values mean one network,
-- of which the first stands for all.
local function repair(options)
  return function(choice)
    for stage = 1, options.stages do
      for layer = choice["stage" .. stage .. ".depth"] + 1, options.depth do
        choice[layer_name(stage, layer) .. ".window"] = options.windows[1]
      end
    end
    return choice
  end
end

-- The weights of the widest and deepest network with the largest windows.
local function parameters(options)
  local window = largest(options.windows)
  return function(context)
    local list, inputs = {}, context.channels
    for stage = 1, options.stages do
      local outputs = width(options, stage)
      for layer = 1, options.depth do
        local name = layer_name(stage, layer)
        list[#list + 1] = nn.convolution_parameters(name,
          { window = window, inputs = inputs, outputs = outputs })
        list[#list + 1] = nn.batch_norm_parameters(name .. ".norm", { channels = outputs })
        inputs = outputs
      end
    end
    return list
  end
end

-- The first `count` elements of a vector.
local function first(vector, count) return vector:slice(1, 1, count) end

-- The part of a layer's weights [window, window, inputs, outputs] that this network uses.
local function part(weights, window, inputs, outputs)
  local margin = (weights.shape[1] - window) // 2
  return weights:slice(1, margin + 1, margin + window):slice(2, margin + 1, margin + window)
    :slice(3, 1, inputs):slice(4, 1, outputs)
end

local function forward(options)
  return function(choice, weights, x)
    local last = width(options, options.stages)
    for stage = 1, options.stages do
      local outputs = width(options, stage) * shares[choice["stage" .. stage .. ".width"]] // 1 | 0
      for layer = 1, choice["stage" .. stage .. ".depth"] do
        local name = layer_name(stage, layer)
        local window = choice[name .. ".window"]
        x = x:convolution(part(weights[name .. ".weight"], window, x.shape[4], outputs))
          :batch_norm(first(weights[name .. ".norm.gamma"], outputs),
            first(weights[name .. ".norm.beta"], outputs))
          :relu()
      end
      x = x:max_pool(2, { stride = 2 })
    end
    -- Every network gives as many features; those of channels that it does not use are zero.
    local features = x:global_average_pool()
    if features.shape[2] == last then return features end
    return features:pad({ 0, 0 }, { 0, last - features.shape[2] })
  end
end

function layers.space(options)
  for _, window in ipairs(options.windows) do
    if window % 2 == 0 then
      error("windows: expected odd sizes, found " .. window, 0)
    end
  end
  return {
    choices = choices(options), repair = repair(options),
    parameters = parameters(options), forward = forward(options),
  }
end

return layers
