// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.PriorityQueue;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.IntBinaryOperator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Uses of Java that lean on garbage collection, exceptions and strings. */
public final class Warehouse {
    sealed interface Shape permits Circle, Box, Group {}

    record Circle(double radius) implements Shape {}

    record Box(double width, double height) implements Shape {}

    record Group(List<Shape> parts) implements Shape {}

    static double area(Shape shape) {
        if (shape instanceof Circle circle) {
            return Math.PI * circle.radius() * circle.radius();
        } else if (shape instanceof Box box) {
            return box.width() * box.height();
        }
        return ((Group) shape).parts().stream().mapToDouble(Warehouse::area).sum();
    }

    enum Op implements IntBinaryOperator {
        ADD("+") {
            @Override
            public int applyAsInt(int a, int b) {
                return a + b;
            }
        },
        DIVIDE("/") {
            @Override
            public int applyAsInt(int a, int b) {
                // Spelled out: the compiler leaves the division of integers to WebAssembly, which
                // traps.
                if (b == 0) {
                    throw new ArithmeticException();
                }
                return a / b;
            }
        };

        final String sign;

        Op(String sign) {
            this.sign = sign;
        }
    }

    static final class Refused extends Exception {
        final int code;

        Refused(String message, int code, Throwable cause) {
            super(message, cause);
            this.code = code;
        }
    }

    static int guarded(Op op, int a, int b, List<String> log) throws Refused {
        try {
            return op.applyAsInt(a, b);
        } catch (ArithmeticException e) {
            throw new Refused(a + op.sign + b, 7, e);
        } finally {
            log.add(op.name());
        }
    }

    static final class Countdown implements Iterable<Integer> {
        private final int from;

        Countdown(int from) {
            this.from = from;
        }

        @Override
        public Iterator<Integer> iterator() {
            return new Iterator<>() {
                private int next = from;

                @Override
                public boolean hasNext() {
                    return next > 0;
                }

                @Override
                public Integer next() {
                    if (next == 0) {
                        throw new NoSuchElementException("done");
                    }
                    return next--;
                }
            };
        }
    }

    static String attempt(Function<Object, Object> action, Object argument) {
        try {
            return String.valueOf(action.apply(argument));
        } catch (ClassCastException e) {
            return "wrong class";
        } catch (IndexOutOfBoundsException | NoSuchElementException e) {
            return "not there";
        } catch (RuntimeException e) {
            return e.getClass().getSimpleName();
        }
    }

    static int shortest(Map<String, Map<String, Integer>> roads, String from, String to) {
        record Stop(String town, int distance) {}
        var seen = new HashMap<String, Integer>();
        var open = new PriorityQueue<Stop>(Comparator.comparingInt(Stop::distance));
        open.add(new Stop(from, 0));
        while (!open.isEmpty()) {
            var stop = open.poll();
            if (seen.putIfAbsent(stop.town(), stop.distance()) != null) {
                continue;
            }
            for (var road : roads.getOrDefault(stop.town(), Map.of()).entrySet()) {
                open.add(new Stop(road.getKey(), stop.distance() + road.getValue()));
            }
        }
        return seen.getOrDefault(to, -1);
    }

    private static void collections() {
        var words = "the quick brown fox jumps over the lazy dog and the cat".split(" ");
        var counted = new TreeMap<String, Integer>();
        for (var word : words) {
            counted.merge(word, 1, Integer::sum);
        }
        System.out.println(counted);
        System.out.println(
                Arrays.stream(words)
                        .distinct()
                        .sorted(Comparator.comparingInt(String::length).thenComparing(w -> w))
                        .collect(Collectors.joining(",", "<", ">")));
        System.out.println(IntStream.rangeClosed(1, 20).filter(i -> i % 3 == 0).sum());
        var roads = new LinkedHashMap<String, Map<String, Integer>>();
        roads.put("a", Map.of("b", 4, "c", 1));
        roads.put("c", Map.of("b", 2, "d", 7));
        roads.put("b", Map.of("d", 3));
        System.out.println(shortest(roads, "a", "d") + " " + shortest(roads, "d", "a"));
        int sum = 0;
        for (int i : new Countdown(10)) {
            sum = sum * 3 + i;
        }
        System.out.println(sum);
    }

    private static void exceptions() {
        var log = new ArrayList<String>();
        for (int divisor : new int[] {5, 0}) {
            for (var op : Op.values()) {
                try {
                    System.out.println(op + " " + guarded(op, 42, divisor, log));
                } catch (Refused e) {
                    System.out.println(
                            e.getMessage()
                                    + " refused with "
                                    + e.code
                                    + ": "
                                    + e.getCause().getClass().getSimpleName());
                }
            }
        }
        System.out.println(log);
        System.out.println(attempt(o -> (Integer) o + 1, 41));
        System.out.println(attempt(o -> (Integer) o + 1, "41"));
        System.out.println(attempt(o -> ((int[]) o)[3], new int[3]));
        System.out.println(attempt(o -> ((List<?>) o).get(2), List.of(1, 2)));
        System.out.println(attempt(o -> new ArrayDeque<>().removeFirst(), ""));
        System.out.println(attempt(o -> Integer.parseInt((String) o), "12x"));
        System.out.println(attempt(o -> o.toString(), null));
        int thrown = 0;
        for (int i = 0; i < 20_000; i++) {
            try {
                if (i % 3 == 0) {
                    throw new IllegalStateException();
                }
                thrown += 10;
            } catch (IllegalStateException e) {
                thrown++;
            }
        }
        System.out.println(thrown);
    }

    private static void objects() {
        var shape = new Group(List.of(new Circle(2), new Box(3, 4), new Group(List.of())));
        System.out.println(shape);
        System.out.println(Math.round(area(shape) * 1000));
        System.out.println(new Box(1, 2).equals(new Box(1, 2)) + " " + new Box(1, 2).equals(shape));
        // Many short-lived objects, some of them kept.
        Object[] kept = new Object[64];
        long seed = 42;
        for (int i = 0; i < 200_000; i++) {
            seed = seed * 6364136223846793005L + 1442695040888963407L;
            kept[(int) (seed >>> 58)] = new long[] {seed, i};
        }
        long xor = 0;
        for (var one : kept) {
            xor ^= ((long[]) one)[0] ^ ((long[]) one)[1];
        }
        System.out.println(xor);
        var numbers = new int[10_000];
        for (int i = 0; i < numbers.length; i++) {
            seed = seed * 6364136223846793005L + 1442695040888963407L;
            numbers[i] = (int) (seed >>> 33);
        }
        Arrays.sort(numbers);
        System.out.println(numbers[0] + " " + numbers[5000] + " " + numbers[9999]);
    }

    private static void strings() {
        var text = new StringBuilder();
        for (char c = 'a'; c < 'z'; c += 5) {
            text.append(Character.toUpperCase(c)).append(c);
        }
        System.out.println(text + " " + text.toString().hashCode() + " " + text.reverse());
        var umlauts = "grün, 世界 😀";
        System.out.println(umlauts + " " + umlauts.length() + " " + umlauts.codePointAt(9));
        System.out.println(umlauts.substring(2, 6).toUpperCase() + umlauts.indexOf('世'));
        System.out.println("abc".compareTo("abd") + " " + "x".repeat(3) + " " + "  y ".strip());
        System.out.println(Long.toHexString(-1L) + " " + Integer.toBinaryString(10) + " " + 0.1f);
        System.out.println((0.1 + 0.2) + " " + 1e21 + " " + 100.0 + " " + 1.0 / 0 + " " + 1e-7);
        System.out.println(Long.MIN_VALUE + " " + Long.MAX_VALUE / 7 + " " + (char) 0x416);
    }

    public static void main(String[] arguments) {
        System.out.println("arguments: " + String.join("|", arguments));
        collections();
        exceptions();
        objects();
        strings();
        System.err.println("done");
    }
}
