initial = {count = 0, total = 0}
function evolve(state, event)
  state.count = state.count + 1
  state.total = state.total + event.data.amount
  return state
end
function decide(state, command)
  local amount = command.data.amount
  if state.total + amount > 1000000000000 then
    reject("full")
  end
  return {{type = "Added", data = {number = state.count + 1, amount = amount, total = state.total + amount, note = command.data.note}}}
end
