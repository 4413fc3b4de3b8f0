//! Room for recursion: documents and plans nest deeper than the stack of a usual thread allows.

use std::{
    panic::resume_unwind,
    thread::{Builder, ScopedJoinHandle, scope},
};

/// How large the stack is. Memory is only taken as it is used.
const STACK_BYTES: usize = 256 << 20;

/// Does `work` on a thread of its own with a large stack. Panics as `work` does, and where no thread can be started.
pub fn on_large_stack<T: Send>(name: &str, work: impl FnOnce() -> T + Send) -> T {
    scope(|scope| {
        let thread = Builder::new().name(name.to_owned()).stack_size(STACK_BYTES).spawn_scoped(scope, work);
        match thread.map(ScopedJoinHandle::join) {
            Ok(Ok(done)) => done,
            Ok(Err(panic)) => resume_unwind(panic),
            Err(error) => resume_unwind(Box::new(format!("no thread could be started: {error}"))),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_nests_deeper_than_a_usual_stack_is_gone_through() {
        fn deep(levels: usize) -> usize {
            let room = [levels; 64];
            if levels == 0 { 0 } else { deep(std::hint::black_box(room)[levels % 64] - 1) + 1 }
        }
        assert_eq!(on_large_stack("deep", || deep(50_000)), 50_000);
    }
}
