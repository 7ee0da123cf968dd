-- Weights as values: candidates weighted by a softmax, as in DARTS, then one path.
--
-- Run: apogee repl plugins/guide/weights.lua
-- Data: images of stripes, generated here.  Expect: accuracy 0.97.  Time: seconds.
local apogee = require "apogee"
local testing = require "apogee.testing"
local weights, optim, random, tensor = apogee.weights, apogee.optim, apogee.random, apogee.tensor

-- Class 1 has vertical stripes, class 2 horizontal ones.
local function batch(rng)
  local wave = (tensor.arange(1, 8) * 2.4):sin():reshape { 1, 1, 8, 1 }
  local upright, level = wave:broadcast { 16, 8, 8, 1 }, wave:transpose { 1, 3, 2, 4 }
  local x = tensor.concatenate({ upright, level:broadcast { 16, 8, 8, 1 } }, 1)
  local y = tensor.concatenate({ tensor.full({ 16 }, 1), tensor.full({ 16 }, 2) }, 1)
  return x + random.normal(rng, { 32, 8, 8, 1 }) * 1.5, y
end

local space = testing.space(1)
local net = space:supernet { inputs = { 8, 8, 1 }, outputs = 2, channels = 4, cells = { "normal" } }
local mix = net:mix()

-- The trained parameters: all weights, and a logit for each candidate.
local p = net:parameters(testing.rng(1), { weights = "he" })
for _, decision in ipairs(net:decisions()) do
  p["alpha." .. decision.name] = tensor.zeros { #decision.inputs, #decision.operations }
end
local function mixed(q)
  local whole = weights.copy(q)
  for _, decision in ipairs(net:decisions()) do
    whole["mix." .. decision.name] = q["alpha." .. decision.name]:softmax(2)
  end
  return whole
end
local gradient = apogee.grad(function(q, x, y) return mix:forward(mixed(q), x):cross_entropy(y) end)

local step, state = optim.adamw { learning_rate = 0.02, weight_decay = 0.001 }, nil
local rng = testing.rng(2)
for i = 1, 40 do
  local derivatives, loss = gradient(p, batch(rng:split(i)))
  p, state = step(p, derivatives, state)
  if i % 10 == 0 then print(("step %d: loss %.3f"):format(i, loss:value())) end
end

-- The largest logit of each row decides which operation stays on that input.
local best = p["alpha.normal.node0"]:argmax(2):tolist()
local genes = { 0, 1, math.tointeger(best[1]) - 1, math.tointeger(best[2]) - 1, 0, 1, 0, 0 }
local genotype = space:repair(genes)
print(genotype)

-- The path's batch norms get other inputs than in the mixture, so re-estimate their statistics.
local path = net:path(genotype)
p = path:statistics(p, { (batch(rng:split "a")), (batch(rng:split "b")) })
local x, y = batch(rng:split "test")
local logits = path:forward(p, x, { batch_norm = "running" })
print(("accuracy %.2f"):format(logits:accuracy(y):value()))

-- How flat the loss is around these weights.
local function loss(q) return path:forward(q, x):cross_entropy(y):value() end
local noisy = weights.perturb(p, rng:split "noise", 0.05)
print(("loss %.3f, with noise %.3f"):format(loss(p), loss(noisy)))
