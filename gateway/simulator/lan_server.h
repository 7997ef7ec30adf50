// SPDX-License-Identifier: MIT
// Simulated stations as Modbus TCP servers, each on a port of its own, with what real ones do wrong. A thread of its
// own; everything else may be called by any thread.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <variant>
#include <vector>

#include "gateway/base/descriptor.h"
#include "gateway/base/time.h"
#include "gateway/simulator/random.h"
#include "gateway/simulator/simulated_station.h"

namespace bluetti::gateway::simulator {

// Seen on real stations but for the last three, which other devices do. Probabilities from 0 to 1, of one request.
struct LanFaults {
  double silence = 0;                     // no answer
  double cut = 0;                         // the answer breaks off in the middle
  double busy = 0;                        // exception 6
  double disconnect = 0;                  // the connection is closed instead
  double bytewise = 0;                    // the answer comes byte by byte
  double foreign = 0;                     // before the answer, others that nobody asked for
  double garbage = 0;                     // instead of it, what is no Modbus TCP
  int most_clients = 0;                   // others are not accepted; 0: any number
  bool is_frozen_by_other_units = false;  // a request to a unit that is not there ends all answers
};

struct LanPlace {
  std::string host = "127.0.0.1";
  std::uint16_t first_port = 0;  // of the first station, the others behind it; 0: any that are free
  double speed = 1;              // simulated seconds per second
  TimePoint start;
};

class LanServer {
 public:
  // The stations' models must outlive it. Or why the ports cannot be had.
  [[nodiscard]] static std::variant<std::unique_ptr<LanServer>, std::string> start(
      std::vector<SimulatedStation> stations, const LanPlace& place);
  LanServer(const LanServer&) = delete;
  LanServer& operator=(const LanServer&) = delete;
  ~LanServer();

  [[nodiscard]] std::uint16_t port(std::size_t station = 0) const { return ports_[station]; }
  void set_faults(const LanFaults& faults);
  void close_connections();            // and go on accepting others
  void set_reachable(bool reachable);  // false: closes connections, and closes new ones at once
  [[nodiscard]] int connections_accepted() const { return accepted_; }
  [[nodiscard]] int requests() const { return requests_; }
  [[nodiscard]] int answers() const { return answers_; }  // as they should be
  [[nodiscard]] int asked_of_other_units() const { return other_units_; }

 private:
  struct Client;

  LanServer(std::vector<SimulatedStation> stations, const LanPlace& place);
  [[nodiscard]] std::string listen();
  void run();
  void accept(std::size_t station);
  [[nodiscard]] bool serve(Client& client);  // false: it is to be closed
  [[nodiscard]] bool answer(Client& client, std::span<const std::byte> request);
  [[nodiscard]] bool happens(double probability);
  // An answer, with what comes before it or of it. False: the connection is to be closed.
  [[nodiscard]] bool send_out(const Client& client, std::span<const std::byte> reply);

  std::vector<SimulatedStation> stations_;
  LanPlace place_;
  std::vector<std::unique_ptr<Descriptor>> listening_;
  std::vector<std::uint16_t> ports_;
  std::vector<std::unique_ptr<Client>> clients_;
  Descriptor wake_;
  std::mutex mutex_;  // of what follows
  LanFaults faults_;
  bool is_closing_ = false;
  bool is_reachable_ = true;
  bool is_over_ = false;
  std::atomic<int> accepted_ = 0;
  std::atomic<int> requests_ = 0;
  std::atomic<int> answers_ = 0;
  std::atomic<int> other_units_ = 0;
  std::vector<bool> frozen_;  // by station
  Random random_;
  std::thread thread_;
};

}  // namespace bluetti::gateway::simulator
