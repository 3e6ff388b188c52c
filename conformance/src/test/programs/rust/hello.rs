// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
//
// The small program, in Rust; see ../c/hello.c.

use std::env;
use std::fs::{self, OpenOptions};
use std::io::{self, ErrorKind, Read, Write};
use std::path::{Path, PathBuf};
use std::process;

struct Place(PathBuf);

impl Place {
    fn at(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    fn put(&self, name: &str, append: bool, text: &str) -> io::Result<()> {
        let mut options = OpenOptions::new();
        if append {
            options.append(true);
        } else {
            options.write(true).create(true).truncate(true);
        }
        options.open(self.at(name))?.write_all(text.as_bytes())
    }

    fn show(&self, name: &str) -> io::Result<()> {
        match fs::read_to_string(self.at(name)) {
            Ok(text) => println!("{}: {}", name, text.replace('\n', "|")),
            Err(e) if e.kind() == ErrorKind::NotFound => println!("{}: not found", name),
            Err(e) => return Err(e),
        }
        Ok(())
    }

    fn list(&self) -> io::Result<()> {
        let mut names = Vec::new();
        for entry in fs::read_dir(&self.0)? {
            names.push(entry?.file_name().into_string().expect("a name in UTF-8"));
        }
        names.sort();
        print!("entries:");
        for name in names {
            print!(" {}", name);
        }
        println!();
        Ok(())
    }
}

fn read_input() -> io::Result<()> {
    let mut input = Vec::new();
    io::stdin().read_to_end(&mut input)?;
    let lines = input.iter().filter(|&&c| c == b'\n').count();
    let hash = input
        .iter()
        .fold(2166136261u32, |h, &c| (h ^ c as u32).wrapping_mul(16777619));
    println!("input: {} lines, {} bytes, hash {:08x}", lines, input.len(), hash);
    Ok(())
}

fn primes_below(limit: usize) -> usize {
    let mut composite = vec![false; limit];
    let mut count = 0;
    for i in 2..limit {
        if composite[i] {
            continue;
        }
        count += 1;
        let mut j = i * i;
        while j < limit {
            composite[j] = true;
            j += i;
        }
    }
    count
}

fn run(directory: &Path, code: i32, words: &[String]) -> io::Result<()> {
    println!("language: rust");
    println!("words: {}", words.len());
    for (i, word) in words.iter().enumerate() {
        println!("  {}: {}", i + 1, word);
    }
    println!("GREETING: {}", env::var("GREETING").unwrap_or_else(|_| "(not set)".into()));
    let missing = if env::var_os("MISSING").is_some() { "(set)" } else { "(not set)" };
    println!("MISSING: {}", missing);
    read_input()?;

    let place = Place(directory.into());
    place.put("one.txt", false, "first file\n")?;
    place.put("two.txt", false, "second file\n")?;
    place.put("three.txt", false, "third file\n")?;
    place.list()?;
    place.put("one.txt", true, "appended\n")?;
    place.show("one.txt")?;
    fs::rename(place.at("two.txt"), place.at("four.txt"))?;
    place.show("two.txt")?;
    place.show("four.txt")?;
    place.list()?;
    fs::remove_file(place.at("one.txt"))?;
    fs::remove_file(place.at("three.txt"))?;
    fs::remove_file(place.at("four.txt"))?;
    place.list()?;
    place.put("report.txt", false, "all went well\n")?;

    println!("primes below 100000: {}", primes_below(100000));
    println!("exit: {}", code);
    eprintln!("done");
    Ok(())
}

fn main() {
    let args: Vec<String> = env::args().collect();
    if args.len() < 3 {
        eprintln!("usage: hello DIR CODE WORDS...");
        process::exit(2);
    }
    let code = args[2].parse().expect("CODE is a number");
    if let Err(e) = run(Path::new(&args[1]), code, &args[3..]) {
        eprintln!("failed: {}", e);
        process::exit(99);
    }
    process::exit(code);
}
