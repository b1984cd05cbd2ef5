import type { CompletedCommand, CompletedWord } from './command-table.js';

/**
 * Completion for bash. The words are written into the script: yargs' own script starts Node for every Tab, which takes
 * as long as a person takes to lose patience.
 */
export function bashCompletion(commands: readonly CompletedCommand[]): string {
  const cases = commands.map(
    ({ word, flags }) => `    ${word}) words='${flags.map((flag) => flag.word).join(' ')}' ;;`,
  );
  return `# bash completion for vmclockd
_vmclockd() {
  local words='' current=\${COMP_WORDS[COMP_CWORD]}
  COMPREPLY=()
  if [ "$COMP_CWORD" -eq 1 ]; then
    COMPREPLY=($(compgen -W '${commands.map(({ word }) => word).join(' ')} --help --version' -- "$current"))
    return
  fi
  # Anything but a flag may be a file's name.
  [[ $current == -* ]] || return
  case \${COMP_WORDS[1]} in
${cases.join('\n')}
  esac
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -o default -F _vmclockd vmclockd
`;
}

/** Completion for zsh, with the descriptions. */
export function zshCompletion(commands: readonly CompletedCommand[]): string {
  const cases = commands.map(
    ({ word, flags }) => `    ${word})\n      words_here=(\n${zshWords(flags, 8)}\n      ) ;;`,
  );
  return `#compdef vmclockd

_vmclockd() {
  local -a words_here
  if (( CURRENT == 2 )); then
    words_here=(
${zshWords(commands, 6)}
    )
    _describe command words_here
    return
  fi
  if [[ $PREFIX != -* ]]; then
    _files
    return
  fi
  case $words[2] in
${cases.join('\n')}
  esac
  _describe -o flag words_here
}

_vmclockd "$@"
`;
}

function zshWords(words: readonly CompletedWord[], indent: number): string {
  return words
    .map(({ word, describe }) => `${word.replace(/:/g, '\\:')}:${describe}`)
    .map((text) => `${' '.repeat(indent)}'${text.replace(/'/g, "'\\''")}'`)
    .join('\n');
}
