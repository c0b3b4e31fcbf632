#pragma once

#include <string>
#include <string_view>

namespace millwright {

/// The rows of a tree (tree_answer.hpp) for people: each actor below its parent, of many how many.
std::string render_tree(std::string_view rows);

/// The rows of one kind's list: a name a line, with its state where it is not living.
std::string render_names(std::string_view rows);

/// An actor's description, its page field by field.
std::string render_description(std::string_view row);

} // namespace millwright
