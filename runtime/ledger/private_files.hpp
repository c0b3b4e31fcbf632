#pragma once

#include <string>

#include <sys/types.h>

namespace millwright {

/// What a plant's readings and alarms are kept in is its owner's alone, as the node's socket is.
inline constexpr mode_t private_file = 0600, private_directory = 0700;

/// Makes `path`, for its owner alone, and the directories above it as usual. One that is there stays as it is. Throws
/// std::filesystem::filesystem_error.
void make_private_directory(const std::string& path);

/// An empty file, where there is none; false when it cannot be made.
bool make_private_file(const std::string& path);

/// Takes group's and others' rights from the files of a store, and from `directory` where it holds nothing else. Empty,
/// or in words what could not be tightened and why: a file of another user, say.
std::string tighten(const std::string& directory);

} // namespace millwright
