# SPDX-License-Identifier: GPL-2.0-or-later
"""What the house rules share: the files of the tree, a reader of C, and how findings are told."""
import os
import re
import subprocess
import sys

TEXT_SUFFIXES = ('.c', '.h', '.py', '.sh', '.build', '.txt', '.md', '.yaml', '.yml', '.json')


class Tree:
    """The files of a tree: as git sees it, or all but what was built where git does not know it."""

    def __init__(self, root):
        self.root = os.path.abspath(root)
        self.files = sorted(self._git_files() if os.path.exists(os.path.join(root, '.git'))
                            else self._all_files())

    def _git_files(self):
        # The folder may belong to someone else: a container, CI.
        out = subprocess.run(['git', '-c', 'safe.directory=*', '-C', self.root, 'ls-files', '-z',
                              '--cached', '--others', '--exclude-standard'],
                             check=True, capture_output=True).stdout
        files = {name for name in out.decode().split('\0') if name}
        return [name for name in files if os.path.isfile(os.path.join(self.root, name))]

    def _all_files(self):
        for folder, folders, names in os.walk(self.root):
            folders[:] = [f for f in folders if not f.startswith(('build', '.', '__'))]
            for name in names:
                yield os.path.relpath(os.path.join(folder, name), self.root)

    def read(self, name):
        with open(os.path.join(self.root, name), encoding='utf-8', errors='replace') as f:
            return f.read()

    def c_files(self, *folders):
        """Names of C sources and headers, in these folders or in all."""
        return [name for name in self.files if name.endswith(('.c', '.h')) and
                (not folders or name.startswith(tuple(folder + '/' for folder in folders)))]

    def scripts(self):
        """Names of scripts: what begins with #!, and what scripts include."""
        return [name for name in self.files
                if name.endswith(('.sh', '.py')) or self.first_line(name).startswith('#!')]

    def first_line(self, name):
        with open(os.path.join(self.root, name), 'rb') as f:
            return f.readline(200).decode('utf-8', 'replace')

    def is_text(self, name):
        if name.endswith(TEXT_SUFFIXES):
            return True
        with open(os.path.join(self.root, name), 'rb') as f:
            return b'\0' not in f.read(4096)


_TOKENS = re.compile(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', re.S)


def blank(text, comments=True, strings=True):
    """C text of the same length, with comments and the insides of strings made blank."""
    def replace(match):
        token = match.group(0)
        if token[0] == '/':
            return re.sub(r'[^\n]', ' ', token) if comments else token
        return token[0] + ' ' * (len(token) - 2) + token[-1] if strings else token
    return _TOKENS.sub(replace, text)


def line_of(text, offset):
    return text.count('\n', 0, offset) + 1


class Function:
    """A function's definition or prototype at file level."""

    def __init__(self, text, start, end, head, body_end):
        self.line = line_of(text, start)
        self.defined = body_end is not None
        self.lines = line_of(text, body_end) - self.line + 1 if self.defined else 0
        before, self.name, params = head
        self.static = re.search(r'\bstatic\b', before) is not None
        words = re.sub(r'\b(static|inline|extern|const|volatile)\b', ' ', before).split()
        self.returns = words != ['void']
        self.params = parameter_names(params)
        self.doc = doc_before(text, start)
        self.body = text[end:body_end] if self.defined else ''


def doc_before(text, start):
    """The Doxygen comment that ends just before an offset, or ''."""
    head = text[:start].rstrip()
    if not head.endswith('*/'):
        return ''
    comment = head[head.rindex('/*'):]
    return comment if comment.startswith('/**') else ''


def without_attributes(text):
    """Blank out __attribute__((...)), keeping offsets."""
    pattern = re.compile(r'__attribute__\s*\(\((?:[^()]|\((?:[^()]|\([^()]*\))*\))*\)\)')
    return pattern.sub(lambda m: re.sub(r'[^\n]', ' ', m.group(0)), text)


def parameter_names(params):
    names, depth, part = [], 0, ''
    for char in params + ',':
        depth += (char in '([') - (char in ')]')
        if char == ',' and depth == 0:
            names.append(one_name(part))
            part = ''
        else:
            part += char
    return [name for name in names if name]


def one_name(param):
    """The name in one parameter; None for void and for '...'."""
    pointer = re.search(r'\(\s*\*\s*(\w+)', param)
    if pointer:
        return pointer.group(1)
    words = re.findall(r'\w+', re.sub(r'\[[^]]*\]', '', param))
    return words[-1] if len(words) > 1 else None


def split_head(head):
    """A statement's (text before the name, name, parameters) when it is a function, else None."""
    match = re.match(r'\s*((?:[\w\s*]+?)[\s*])(\w+)\s*\((.*)\)\s*$', head, re.S)
    if not match or re.match(r'\s*(typedef|return|else)\b', head):
        return None
    return match.groups()


def functions(source):
    """All functions at file level, defined or declared, in order."""
    code = re.sub(r'^[ \t]*#(?:[^\n]*\\\n)*[^\n]*',
                  lambda m: re.sub(r'[^\n]', ' ', m.group(0)), blank(source), flags=re.M)
    # What C++ is told of a header is no block of it.
    code = re.sub(r'\bextern\s+" "\s*\{', lambda m: re.sub(r'[^\n]', ' ', m.group(0)), code)
    code = without_attributes(code)
    start = offset = 0
    while offset < len(code):
        if code[offset] not in ';{':
            offset += 1
            continue
        head = split_head(code[start:offset])
        begin = start + len(code[start:offset]) - len(code[start:offset].lstrip())
        end = block_end(code, offset) if code[offset] == '{' else None
        if head:
            yield Function(source, begin, offset, head, end)
        offset = (end if end is not None else offset) + 1
        # What follows a struct or a table up to its ';' belongs to it, not to what comes next.
        if end is not None and not head:
            offset = code.find(';', offset) + 1 or len(code)
        start = offset


def block_end(code, offset):
    """The offset of the bracket that closes the one at an offset."""
    depth = 0
    for place in range(offset, len(code)):
        depth += (code[place] == '{') - (code[place] == '}')
        if depth == 0:
            return place
    return len(code) - 1


def main(rule):
    """Run a rule, rule(tree) giving (file, line, text); tell what it found; status 1 if anything."""
    tree = Tree(sys.argv[1] if len(sys.argv) > 1 else
                os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', '..'))
    found = sorted(set(rule(tree)))
    for name, line, text in found:
        print(f'{name}:{line}: {text}')
    if not tree.files:
        print('there are no files to look at')
    sys.exit(1 if found or not tree.files else 0)
