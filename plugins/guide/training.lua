-- Training a network in Lua: layers, parameters, gradients and optimizers; see training.md.
--
-- Run: apogee repl plugins/guide/training.lua
-- Data: images of stripes, generated here.  Expect: accuracy above 0.9.  Time: seconds.
local apogee = require "apogee"
local nn, optim, random, tensor = apogee.nn, apogee.optim, apogee.random, apogee.tensor

-- Class 1 has vertical stripes, class 2 horizontal ones; axes: batch, height, width, channels.
local function batch(rng)
  local wave = (tensor.arange(1, 8) * 2.4):sin():reshape { 1, 1, 8, 1 }
  local upright, level = wave:broadcast { 16, 8, 8, 1 }, wave:transpose { 1, 3, 2, 4 }
  local x = tensor.concatenate({ upright, level:broadcast { 16, 8, 8, 1 } }, 1)
  local y = tensor.concatenate({ tensor.full({ 16 }, 1), tensor.full({ 16 }, 2) }, 1)
  return x + random.normal(rng, { 32, 8, 8, 1 }), y
end

-- Layers list their parameters, and read them by name.
local list = {}
local function add(parameters) table.move(parameters, 1, #parameters, #list + 1, list) end
add(nn.convolution_parameters("conv", { window = 3, inputs = 1, outputs = 8, bias = true }))
add(nn.batch_norm_parameters("norm", { channels = 8 }))
add(nn.linear_parameters("classifier", { inputs = 8, outputs = 2 }))

local function forward(p, x)
  local h = nn.convolution(p, "conv", x, { bias = true })
  h = nn.batch_norm(p, "norm", h):relu()
  return nn.linear(p, "classifier", h:mean { 2, 3 })
end

local p = nn.initialize(list, random.stream(1), { weights = "he" })
for _, parameter in ipairs(list) do
  print(parameter[1], "[" .. table.concat(parameter.shape, ", ") .. "]")
end

-- An optimizer is a pure function: parameters, gradients and state in, parameters and state out.
local gradient = apogee.grad(function(q, x, y) return forward(q, x):cross_entropy(y) end)
local step, state = optim.adam { learning_rate = 0.02 }, nil
local rng = random.stream(2)
for i = 1, 40 do
  local gradients, loss = gradient(p, batch(rng:split(i)))
  p, state = step(p, gradients, state)
  if i % 10 == 0 then print(("step %d: loss %.3f"):format(i, loss:value())) end
end

local x, y = batch(rng:split "test")
print(("accuracy %.2f"):format(forward(p, x):accuracy(y):value()))
