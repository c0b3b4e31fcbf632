#include "runtime/journal/store_pair.hpp"

#include "protocol/plain_path.hpp"

#include <filesystem>
#include <utility>

namespace millwright {

std::string journal_beside(std::string ledger) {
  ledger = plain_path(std::move(ledger));
  const auto beside = ledger + "-alarms", inside = ledger + "/-alarms";
  std::error_code error;
  return !std::filesystem::exists(beside, error) && std::filesystem::exists(inside, error) ? inside : beside;
}

pair_verdict judge_pair(const ledger_side& ledger, const journal_side& journal, const uuid& fresh) {
  if (ledger.mark && journal.mark)
    return {*ledger.mark != *journal.mark, {}, {}};
  const bool lived = ledger.commits > 0;
  // The journal's mark is never there before the ledger's: this ledger is not the one that it was made with, unless
  // that lost its mark.
  if (journal.mark)
    return lived ? pair_verdict{false, journal.mark, {}} : pair_verdict{true, {}, {}};
  if (!lived && journal.holds_anything)
    return {true, {}, {}};
  if (ledger.mark)
    return {false, {}, ledger.mark};
  return {false, fresh, fresh};
}

std::string why_apart(const ledger_side& ledger, const std::string& ledger_path) {
  const auto about = "this alarm journal does not belong to the ledger " + ledger_path;
  if (ledger.commits == 0)
    return about + ", which is new: most likely the ledger before it was removed or moved, and its journal stayed";
  return about + ": most likely one of the two was put in another's place, or ledger.path or alarms.path names what "
                 "is another node's";
}

} // namespace millwright
