#include "runtime/yaml/only_document.hpp"

#include <yaml-cpp/eventhandler.h>

#include <sstream>

namespace millwright {

namespace {

/// Where the newest document begins; what is in it passes by.
class document_starts : public YAML::EventHandler {
public:
  const YAML::Mark& newest() const { return newest_; }

  void OnDocumentStart(const YAML::Mark& at) override { newest_ = at; }
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark&, YAML::anchor_t) override {}
  void OnAlias(const YAML::Mark&, YAML::anchor_t) override {}
  void OnScalar(const YAML::Mark&, const std::string&, YAML::anchor_t, const std::string&) override {}
  void OnSequenceStart(const YAML::Mark&, const std::string&, YAML::anchor_t, YAML::EmitterStyle::value) override {}
  void OnSequenceEnd() override {}
  void OnMapStart(const YAML::Mark&, const std::string&, YAML::anchor_t, YAML::EmitterStyle::value) override {}
  void OnMapEnd() override {}

private:
  YAML::Mark newest_;
};

} // namespace

YAML::Node only_document(const std::string& text) {
  std::istringstream in{text};
  YAML::Parser parser{in};
  document_starts starts;
  if (!parser.HandleNextDocument(starts))
    return {};
  const YAML::Mark first = starts.newest();
  if (parser.HandleNextDocument(starts)) {
    // At a comma the parser says that a document was there, and stays where it is.
    const bool stuck = starts.newest().pos == first.pos;
    throw YAML::ParserException{starts.newest(),
                                stuck ? "nothing can begin like this" : "a second document begins here; expected one"};
  }
  return YAML::Load(text);
}

} // namespace millwright
