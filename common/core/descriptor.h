// Owns one descriptor of the system and closes it.
#pragma once

#include <unistd.h>
#include <utility>

namespace ventanilla {

class Descriptor {
  public:
    // -1: none.
    explicit Descriptor(int number) : number_(number) {}
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    ~Descriptor() { close(); }

    [[nodiscard]] int get() const { return number_; }
    void close() {
        if (number_ >= 0) {
            ::close(std::exchange(number_, -1));
        }
    }

  private:
    int number_;
};

}  // namespace ventanilla
