# Copyright The Nacelle Authors
# SPDX-License-Identifier: Apache-2.0
#
# What the scripts that run benchmarks share; sourced by them, with $root set.

target=$root/bench/target
jars=${NACELLE_JARS:-$root/cli/target/app}
kernels=${KERNELS:-$target/kernels}

fail() {
    echo "bench: $*" >&2
    exit 1
}

jdk() {
    local home
    for home in "${JAVA_HOME:-}" /usr/lib/jvm/* /opt/jdk* "$HOME"/.sdkman/candidates/java/*; do
        [ -x "$home/bin/javac" ] || continue
        grep -q '^JAVA_VERSION="\(2[5-9]\|[3-9][0-9]\)' "$home/release" 2>/dev/null || continue
        echo "$home"
        return 0
    done
    echo "bench: a JDK 25 or later is needed, and none was found" >&2
    return 1
}

# Compiles the Java side against the built command; sets home.
compile_bench() {
    home=$(jdk)
    if [ -z "${NACELLE_JARS:-}" ] && [ ! -e "$jars/complete" ]; then
        "$root/nacelle" version >/dev/null
    fi
    mkdir -p "$target/bench-classes"
    find "$root/bench/src/main/java" -name '*.java' -print0 |
        xargs -0 "$home/bin/javac" --release 25 --module-path "$jars" \
            --add-modules io.nacelle.tree -d "$target/bench-classes"
    cp -r "$root"/bench/src/main/resources/. "$target/bench-classes/"
}

# The options of a JVM that has Nacelle in it, after those of its heap.
nacelle_jvm() {
    local modules=io.nacelle.tree
    # What Nacelle's compiler makes of vectors uses the JDK's, which is still in its incubator.
    [ ! -e "$jars/nacelle-jit.jar" ] || modules=$modules,jdk.incubator.vector
    nacelle_options=(-XX:+UseCountedLoopSafepoints -XX:LoopStripMiningIter=1000 --module-path "$jars" --add-modules "$modules"
        --enable-native-access=ALL-UNNAMED,io.nacelle.runtime ${BENCH_JAVA_OPTS:-})
}
