-- zero_cost.lua: how well scores of untrained networks rank NAS-Bench-201's cells.
--
-- Purpose   Reads scores of many cells (gradient norm, synaptic flow, NWOT, parameters, …) with
--           the accuracies after training, and prints the rank correlation of each
--           score with the accuracy, for each image set.
-- Data      `zero_cost_200_epochs.csv`, described in benchmarks-data/nas_bench_201/README.md; the
--           invented `zero_cost_sample.csv` there shows the format.
-- Time      A second.
--
-- Run it    apogee repl scripts/dev/zero_cost.lua DIR --allow read=DIR
--
-- Spearman's correlation averages the ranks of ties; Kendall's is tau-b, which corrects for ties.
-- Rows with a missing or non-finite score are excluded from that score's correlation; n is the
-- number of remaining rows.
local stats = require("apogee").stats

-- The columns that come before the scores.
local accuracy_column = "validation_accuracy_200_epochs"
local facts = { dataset = true, architecture = true, [accuracy_column] = true }

local function fields(line)
  local list = {}
  for field in (line .. ","):gmatch("([^,]*),") do list[#list + 1] = field end
  return list
end

--- The file's rows as tables by column, and the columns in order.
local function read(path)
  local columns, rows = nil, {}
  for line in io.lines(path) do
    line = line:gsub("\r$", "")
    if line ~= "" then
      local values = fields(line)
      if not columns then
        columns = values
      else
        if #values ~= #columns then
          error(("%s: row %d has %d fields, the first row %d"):format(
            path, #rows + 2, #values, #columns), 0)
        end
        local row = {}
        for place, name in ipairs(columns) do row[name] = values[place] end
        rows[#rows + 1] = row
      end
    end
  end
  if not columns then error(path .. ": the file is empty", 0) end
  for name in pairs(facts) do
    local is_there = false
    for _, column in ipairs(columns) do is_there = is_there or column == name end
    if not is_there then error(("%s: there is no column %q"):format(path, name), 0) end
  end
  return rows, columns
end

local function number(text)
  local value = tonumber(text)
  if value and value == value and math.abs(value) < math.huge then return value end
  return nil
end

--- Scores and accuracies of the rows of one image set that have both.
local function pairs_of(rows, dataset, score)
  local scores, accuracies = {}, {}
  for _, row in ipairs(rows) do
    if row.dataset == dataset then
      local a, b = number(row[score]), number(row[accuracy_column])
      if a and b then
        scores[#scores + 1] = a
        accuracies[#accuracies + 1] = b
      end
    end
  end
  return scores, accuracies
end

local function main(folder, name)
  if not folder then
    error("expected the folder of zero_cost_200_epochs.csv: apogee repl scripts/dev/zero_cost.lua "
      .. "DIR --allow read=DIR", 0)
  end
  local rows, columns = read(folder .. "/" .. (name or "zero_cost_200_epochs.csv"))
  local datasets, known = {}, {}
  for _, row in ipairs(rows) do
    if not known[row.dataset] then
      known[row.dataset] = true
      datasets[#datasets + 1] = row.dataset
    end
  end
  for _, dataset in ipairs(datasets) do
    local found = {}
    for _, score in ipairs(columns) do
      if not facts[score] then
        local scores, accuracies = pairs_of(rows, dataset, score)
        local is_known, rho = pcall(stats.spearman, scores, accuracies)
        found[#found + 1] = {
          score = score, count = #scores, rho = is_known and rho or nil,
          tau = is_known and stats.kendall(scores, accuracies) or nil,
        }
      end
    end
    table.sort(found, function(a, b)
      local x, y = a.rho and math.abs(a.rho) or -1, b.rho and math.abs(b.rho) or -1
      if x == y then return a.score < b.score end
      return x > y
    end)
    print(dataset)
    print(("  %-12s %8s %8s %6s"):format("score", "Spearman", "Kendall", "n"))
    for _, row in ipairs(found) do
      if row.rho then
        print(("  %-12s %8.3f %8.3f %6d"):format(row.score, row.rho, row.tau, row.count))
      else
        -- A score that is the same everywhere ranks nothing.
        print(("  %-12s %8s %8s %6d"):format(row.score, "-", "-", row.count))
      end
    end
  end
end

main(...)
