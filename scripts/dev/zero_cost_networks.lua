-- zero_cost_networks.lua: the scores of plugins/zero_cost on NAS-Bench-201's networks.
--
-- Purpose   Builds the benchmark's networks for some of its cells from tensors, computes the
--           plugin's scores, and prints their rank correlations with the accuracy after training
--           and with the scores in the table.
-- Data      `zero_cost_200_epochs.csv`, as for zero_cost.lua. Images are not needed: synaptic flow
--           uses none, and the other two scores use noise with random labels instead of images.
-- Expected  The parameter counts of all networks equal the table's; otherwise the script lists the
--           differences. Synaptic flow ranks the cells like the table's.
-- Time      About a second per cell; 40 cells by default.
--
-- Run it    apogee repl scripts/dev/zero_cost_networks.lua DIR 40 --allow read=DIR
local apogee = require "apogee"
local scores = require "zero_cost.scores"
local nn, random, stats, tensor = apogee.nn, apogee.random, apogee.stats, apogee.tensor

local cells_of_a_stage, first_channels, classes, images = 5, 16, 10, 8

--- `|op~0|+|op~0|op~1|+|op~0|op~1|op~2|` as a list of nodes, each a list of operations.
local function parse(text)
  local nodes = {}
  for node in (text .. "+"):gmatch("([^+]*)%+") do
    local list = {}
    for operation in node:gmatch("|([%w_]+)~%d") do list[#list + 1] = operation end
    nodes[#nodes + 1] = list
  end
  return nodes
end

--- A network of the benchmark, with what the plugin's scores ask of one.
local function network_of(nodes)
  local list, recorded = {}, nil
  local network = {}

  local function declare(specification) list[#list + 1] = specification end

  local function active(x)
    local y = x:relu()
    if recorded then recorded[#recorded + 1] = y end
    return y
  end

  -- A layer declares its parameters, and returns what it does with them.
  local function convolution(name, window, inputs, outputs, stride)
    declare(nn.convolution_parameters(name,
      { window = window, inputs = inputs, outputs = outputs }))
    return function(parameters, x)
      return nn.convolution(parameters, name, x, { stride = stride or 1 })
    end
  end

  local function norm(name, channels)
    declare(nn.batch_norm_parameters(name, { channels = channels }))
    return function(parameters, x, options)
      if options.batch_norm == "identity" then return x end
      return nn.batch_norm(parameters, name, x)
    end
  end

  local function unit(name, window, inputs, outputs, stride)
    local mix = convolution(name .. ".conv", window, inputs, outputs, stride)
    local scale = norm(name .. ".norm", outputs)
    return function(parameters, x, options)
      return scale(parameters, mix(parameters, active(x)), options)
    end
  end

  local function edge(name, operation, channels)
    if operation == "nor_conv_3x3" then return unit(name, 3, channels, channels) end
    if operation == "nor_conv_1x1" then return unit(name, 1, channels, channels) end
    if operation == "avg_pool_3x3" then
      return function(_, x) return x:average_pool(3, { stride = 1, padding = 1 }) end
    end
    if operation == "skip_connect" then return function(_, x) return x end end
    if operation == "none" then return function(_, x) return tensor.zeros(x.shape) end end
    error("there is no operation " .. operation, 0)
  end

  local function cell(name, channels)
    local edges = {}
    for target, operations in ipairs(nodes) do
      edges[target] = {}
      for source, operation in ipairs(operations) do
        edges[target][source] = edge(name .. "." .. target .. source, operation, channels)
      end
    end
    return function(parameters, x, options)
      local states = { x }
      for target, inputs in ipairs(edges) do
        local sum
        for source, run in ipairs(inputs) do
          local y = run(parameters, states[source], options)
          sum = sum and sum + y or y
        end
        states[target + 1] = sum
      end
      return states[#states]
    end
  end

  local function reduction(name, inputs, outputs)
    local first = unit(name .. ".a", 3, inputs, outputs, 2)
    local second = unit(name .. ".b", 3, outputs, outputs)
    local short = convolution(name .. ".short", 1, inputs, outputs)
    return function(parameters, x, options)
      local y = second(parameters, first(parameters, x, options), options)
      return y + short(parameters, x:average_pool(2, { stride = 2 }))
    end
  end

  local layers, channels = {}, first_channels
  local stem, stem_norm = convolution("stem", 3, 3, channels), norm("stem.norm", channels)
  for stage = 1, 3 do
    if stage > 1 then
      layers[#layers + 1] = reduction("reduction" .. stage, channels, 2 * channels)
      channels = 2 * channels
    end
    for number = 1, cells_of_a_stage do
      layers[#layers + 1] = cell("stage" .. stage .. ".cell" .. number, channels)
    end
  end
  local last = norm("last", channels)
  declare(nn.linear_parameters("classifier", { inputs = channels, outputs = classes }))

  function network:parameters(rng) return nn.initialize(list, rng) end

  function network:batch()
    local rng = random.stream(1):split("images")
    local labels = {}
    for place = 1, images do labels[place] = (place - 1) % classes + 1 end
    return random.normal(rng, { images, 32, 32, 3 }), tensor.from(labels)
  end

  function network:forward(parameters, x, options)
    options = options or {}
    x = stem_norm(parameters, stem(parameters, x), options)
    for _, layer in ipairs(layers) do x = layer(parameters, x, options) end
    return nn.linear(parameters, "classifier",
      active(last(parameters, x, options)):global_average_pool())
  end

  function network:activations(parameters, x)
    recorded = {}
    network:forward(parameters, x)
    local found = recorded
    recorded = nil
    return found
  end

  --- The number of parameters.
  function network:size()
    local count = 0
    for _, weights in pairs(network:parameters(random.stream(0))) do
      local size = 1
      for _, axis in ipairs(weights.shape) do size = size * axis end
      count = count + size
    end
    return count
  end

  return network
end

--- Rows of one image set by architecture: { architecture, accuracy, params, score, … }.
local function read(path)
  local columns, rows = nil, {}
  for line in io.lines(path) do
    local values = {}
    for field in (line:gsub("\r$", "") .. ","):gmatch("([^,]*),") do values[#values + 1] = field end
    if not columns then
      columns = values
    elseif values[1] == "cifar10" then
      local row = {}
      for place, name in ipairs(columns) do row[name] = tonumber(values[place]) or values[place] end
      rows[#rows + 1] = row
    end
  end
  return rows
end

local function main(folder, count)
  if not folder then
    error("expected the folder of zero_cost_200_epochs.csv: apogee repl "
      .. "scripts/dev/zero_cost_networks.lua DIR --allow read=DIR", 0)
  end
  local rows = read(folder .. "/zero_cost_200_epochs.csv")
  count = math.min(math.tointeger(tonumber(count or 40)) or 40, #rows)
  local names = { "synaptic_flow", "gradient_norm", "jacobian_codes" }
  local columns = {
    synaptic_flow = "synflow", gradient_norm = "grad_norm", jacobian_codes = "nwot",
  }
  local own, theirs, accuracy = {}, {}, {}
  for _, name in ipairs(names) do own[name], theirs[name], accuracy[name] = {}, {}, {} end
  for place = 1, count do
    local row = rows[(place - 1) * (#rows // count) + 1]
    local network = network_of(parse(row.architecture))
    local size = network:size()
    if math.abs(size / 1e6 - row.params) > 1e-6 then
      error(("%s has %d parameters, and %.6f million in the table"):format(
        row.architecture, size, row.params), 0)
    end
    for _, name in ipairs(names) do
      local score, known = scores[name]({ network = network }, 0), row[columns[name]]
      if math.abs(score) < math.huge and type(known) == "number" then
        table.insert(own[name], score)
        table.insert(theirs[name], known)
        table.insert(accuracy[name], row.validation_accuracy_200_epochs)
      end
    end
  end
  print(("%d cells, CIFAR-10; Spearman's rank correlations"):format(count))
  print(("  %-15s %15s %15s %15s %4s"):format(
    "score", "own, accuracy", "table, accuracy", "own, table", "n"))
  for _, name in ipairs(names) do
    print(("  %-15s %15.3f %15.3f %15.3f %4d"):format(name,
      stats.spearman(own[name], accuracy[name]), stats.spearman(theirs[name], accuracy[name]),
      stats.spearman(own[name], theirs[name]), #own[name]))
  end
end

main(...)
