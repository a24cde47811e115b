"""Who must agree before a document is approved: policies as data, tasks for people, one path.

A *policy* belongs to one document type of one company. Its published versions never change, and
a request stays on the version it began with. A request walks the policy's steps; each step that
applies becomes a node with one task per person. The last agreement approves the document.
"""
