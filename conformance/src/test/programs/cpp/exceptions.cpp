// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0

// Exceptions of C++: destructors on the way, handlers by base class and by value, rethrowing, what
// the library throws, and exceptions that are kept and thrown again later.

#include <cstdio>
#include <exception>
#include <map>
#include <stdexcept>
#include <string>
#include <vector>

namespace {

int alive = 0;

struct Guard {
    const char *name;
    explicit Guard(const char *n) : name(n) { alive++; }
    ~Guard() {
        alive--;
        std::printf("~%s%s ", name, std::uncaught_exceptions() > 0 ? "!" : "");
    }
};

struct Refused : std::runtime_error {
    int code;
    Refused(const std::string &what, int c) : std::runtime_error(what), code(c) {}
};

struct Late final : Refused {
    using Refused::Refused;
};

struct Base {
    virtual ~Base() = default;
};
struct Left : Base {};
struct Right : Base {};

int fail(int how) {
    Guard outer("outer");
    switch (how) {
    case 0: return 100;
    case 1: throw Refused("refused", 7);
    case 2: throw Late("late", 8);
    case 3: throw 42;
    case 4: throw "text";
    case 5: return std::vector<int>{1, 2, 3}.at(3);
    case 6: return std::stoi("no number");
    case 7: return std::map<int, int>{}.at(1);
    case 8: {
        Left left;
        Base &base = left;
        (void) dynamic_cast<Right &>(base);
        return 0;
    }
    default: {
        Guard inner("inner");
        try {
            return fail(how - 8);
        } catch (const Refused &e) {
            Guard handling("handling");
            if (e.code == 8) throw;
            throw std::logic_error(std::string("not ") + e.what());
        }
    }
    }
}

std::string outcome(int how) {
    try {
        return std::to_string(fail(how));
    } catch (const Late &e) {
        return std::string("Late ") + e.what() + " " + std::to_string(e.code);
    } catch (const Refused &e) {
        return std::string("Refused ") + e.what() + " " + std::to_string(e.code);
    } catch (int number) {
        return "int " + std::to_string(number);
    } catch (const char *text) {
        return std::string("text ") + text;
    } catch (const std::out_of_range &) {
        return "out of range";
    } catch (const std::invalid_argument &) {
        return "invalid argument";
    } catch (const std::bad_cast &) {
        return "bad cast";
    } catch (const std::exception &e) {
        return std::string("other: ") + e.what();
    }
}

int depth(int n) {
    Guard guard("d");
    if (n == 0) throw Late("bottom", 0);
    return depth(n - 1) + 1;
}

// Two exceptions of one type at once, thrown again in the order of their making and against it.
void keep(bool reversed) {
    std::exception_ptr kept[2];
    for (int i = 0; i < 2; i++) {
        try {
            throw Refused("kept", i);
        } catch (...) {
            kept[i] = std::current_exception();
        }
    }
    for (int i = 0; i < 2; i++) {
        try {
            std::rethrow_exception(kept[reversed ? 1 - i : i]);
        } catch (const Refused &e) {
            std::printf("%s %d\n", e.what(), e.code);
        }
    }
}

struct Member {
    Guard guard{"member"};
    explicit Member(int how) try : value(fail(how)) {
    } catch (...) {
        std::printf("in construction: ");
        throw;
    }
    int value;
};

} // namespace

int main() {
    for (int how = 0; how < 12; how++) std::printf("%s\n", outcome(how).c_str());
    try {
        depth(5);
    } catch (const Refused &e) {
        std::printf("%s\n", e.what());
    }
    keep(false);
    keep(true);
    try {
        Member member(1);
    } catch (const std::runtime_error &e) {
        std::printf("%s\n", e.what());
    }
    try {
        try {
            fail(1);
        } catch (...) {
            std::throw_with_nested(std::logic_error("while working"));
        }
    } catch (const std::exception &e) {
        std::printf("%s: ", e.what());
        try {
            std::rethrow_if_nested(e);
        } catch (const Refused &inner) {
            std::printf("%s\n", inner.what());
        }
    }
    long sum = 0;
    for (int i = 0; i < 20000; i++) {
        try {
            if (i % 3 == 0) throw i;
            if (i % 3 == 1) throw std::runtime_error("x");
            sum++;
        } catch (int n) {
            sum += n;
        } catch (const std::exception &) {
            sum -= 2;
        }
    }
    std::printf("%ld, alive %d\n", sum, alive);
}
