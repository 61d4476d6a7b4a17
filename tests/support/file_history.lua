-- What the changes of one file of a repository add up to; the same as file_history.hpp in C++.
initial = {changes = 0, added = 0, deleted = 0, lines = 0, authors = json.array({}), last_commit = ""}

-- Sorted, so that equal states have equal texts.
local function add_author(authors, name)
  for i, known in ipairs(authors) do
    if known == name then
      return
    end
    if known > name then
      table.insert(authors, i, name)
      return
    end
  end
  table.insert(authors, name)
end

function evolve(state, event)
  local change = event.data
  if event.type == "LinesChanged" then
    state.added = state.added + change.added
    state.deleted = state.deleted + change.deleted
    state.lines = state.lines + change.added - change.deleted
  end
  state.changes = state.changes + 1
  state.last_commit = change.commit
  add_author(state.authors, change.author)
  return state
end
