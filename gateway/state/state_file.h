// SPDX-License-Identifier: MIT
// The state file: one JSON document that only its owner may read, replaced as a whole, so that a crash at any moment
// leaves the old or the new one. Writing waits for the disk on a thread of its own; of several versions in a row only
// the last is written. A file that cannot be understood is set aside, never overwritten; one that another process uses
// is read, and left alone. The loop's thread only.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/base/time.h"
#include "gateway/state/file_lock.h"
#include "gateway/state/state.h"

namespace bluetti::gateway {

class StateFile {
 public:
  // Called on the writing thread when a version could not be written: a message that names file, reason and remedy.
  // Not again for the same reason, until a version was written or another reason came.
  using OnFailure = std::function<void(std::string)>;

  // An empty path: nothing is read or written.
  StateFile(std::filesystem::path path, OnFailure on_failure);
  StateFile(const StateFile&) = delete;
  StateFile& operator=(const StateFile&) = delete;
  ~StateFile();  // writes what waits

  struct Loaded {
    State state;
    std::vector<std::string> messages;  // for the user: set aside, readable by others, ...
  };
  // Without a file, or without one that can be understood: an empty state, which begins with this `installation`, or
  // with a random one if that is empty. Call it before save(): a file that is there, but can be neither read nor set
  // aside, or that another process uses, is then not written. From then on no other process writes it while this lives.
  [[nodiscard]] Loaded load(std::string_view installation = {});

  // Takes a copy of the state and returns. It will be on disk soon.
  void save(const State& state);

  // Copies of a large state are dear, and it changes again and again when many stations begin: changed() notes that it
  // did, and turn() saves it, at most every kApart. Returns when it wants to be called again.
  static constexpr std::chrono::milliseconds kApart{500};
  void changed() { changed_ = true; }
  TimePoint turn(const State& state, TimePoint now);

  // Waits until everything saved so far is on disk. False if the last version could not be written.
  bool flush();

 private:
  class Writer;
  void lock(const std::filesystem::path& file, Loaded& loaded);
  void read(const std::filesystem::path& file, Loaded& loaded);
  void set_aside(const std::filesystem::path& file, const std::string& fault, Loaded& loaded);
  void keep_off(const std::filesystem::path& file, const std::string& fault, Loaded& loaded);

  std::filesystem::path path_;
  OnFailure on_failure_;
  bool may_write_ = true;
  bool changed_ = false;
  TimePoint save_at_ = TimePoint::min();
  std::unique_ptr<FileLock> lock_;
  std::unique_ptr<Writer> writer_;  // from the first save() on
};

}  // namespace bluetti::gateway
