-- The scores as functions of a subnet: (subnet, seed) → number, more being better.

local apogee = require "apogee"
local tensor = apogee.tensor

local scores = {}

--- The network's first weights under a seed.
local function first_weights(network, seed)
  return network:parameters(apogee.random.stream(seed):split("zero cost"))
end

--- The sum of f over a table of tensors, as a tensor.
local function total(tensors, f)
  local sum = tensor.scalar(0)
  for name, each in pairs(tensors) do sum = sum + f(name, each):sum() end
  return sum
end

--- The length of the loss's gradient on one batch.
function scores.gradient_norm(subnet, seed)
  local network = subnet.network
  if not network then return 0 end
  local x, labels = network:batch()
  local gradient = apogee.grad(function(parameters)
    return network:forward(parameters, x):cross_entropy(labels)
  end)
  local slopes = gradient(first_weights(network, seed))
  return total(slopes, function(_, slope) return slope:square() end):sqrt():value()
end

--- Synaptic flow: how much each weight carries of what flows through the network when all weights
--- are positive and every input is one. Batch norms are left out, as they would stop the flow, and
--- so are biases, which it does not come through.
--- In a deep network it is more than a 32-bit number holds, so image and output are made small by a
--- power of two, which changes no digit; a network through which nothing flows gets -1e9.
function scores.synaptic_flow(subnet, seed)
  local network = subnet.network
  if not network then return 0 end
  local x = network:batch()
  local shape = x.shape
  shape[1] = 1
  local small = 2.0 ^ -50
  local ones = tensor.full(shape, small)
  local weights = first_weights(network, seed)
  for name, weight in pairs(weights) do
    weights[name] = name:find("bias$") and tensor.zeros(weight.shape) or weight:abs()
  end
  local gradient = apogee.grad(function(parameters)
    return network:forward(parameters, ones, { batch_norm = "identity" }):sum() * small
  end)
  local slopes = gradient(weights)
  local flow = total(slopes, function(name, slope) return (slope * weights[name]):abs() end):value()
  return flow > 0 and math.log(flow) + 100 * math.log(2) or -1e9
end

--- The logarithm of the absolute determinant of a square matrix of lists, by elimination with
--- pivots.
local function log_determinant(rows)
  local count, sum = #rows, 0
  for place = 1, count do
    local best = place
    for row = place + 1, count do
      if math.abs(rows[row][place]) > math.abs(rows[best][place]) then best = row end
    end
    rows[place], rows[best] = rows[best], rows[place]
    local pivot = rows[place][place]
    if math.abs(pivot) < 1e-9 then return -1e9 end
    sum = sum + math.log(math.abs(pivot))
    for row = place + 1, count do
      local factor = rows[row][place] / pivot
      if factor ~= 0 then
        for column = place, count do
          rows[row][column] = rows[row][column] - factor * rows[place][column]
        end
      end
    end
  end
  return sum
end

scores.log_determinant = log_determinant

--- How differently the ReLUs answer to different images (NASWOT): the log-determinant of the
--- matrix that counts, for each pair of images, the units on which their codes agree.
function scores.jacobian_codes(subnet, seed)
  local network = subnet.network
  if not network then return 0 end
  local x = network:batch()
  local kernel
  for _, active in ipairs(network:activations(first_weights(network, seed), x)) do
    local code = active:flatten():step()
    local agree = code:matmul(code, { transpose_b = true })
    local off = 1 - code
    agree = agree + off:matmul(off, { transpose_b = true })
    kernel = kernel and kernel + agree or agree
  end
  return log_determinant(kernel:tolist())
end

return scores
